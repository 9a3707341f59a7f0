using AuraMemory.Engine.Machine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Machine;

public sealed class MachineFactsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("aura-machine-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Caches_are_those_of_one_core_and_instruction_caches_do_not_count()
    {
        Cache(0, 1, "Data", "48K", "0-1");
        Cache(1, 1, "Instruction", "32K", "0-1");
        Cache(2, 2, "Unified", "2048K", "0-1");
        Cache(3, 3, "Unified", "260M", "0-3,8-11");
        Stage("proc/meminfo", "MemTotal:       24684096 kB\nMemFree: 1 kB\n");
        MachineFacts facts = LinuxMachine.Probe(_root);
        Assert.Equal((48L << 10, 2L << 20, 260L << 20, 8), (facts.L1DataBytes, facts.L2Bytes, facts.L3Bytes, facts.L3SharedBy));
        Assert.Equal(24684096L * 1024, facts.PhysicalMemoryBytes);
    }

    [Theory]
    [InlineData("3c1b9d0e-2f4a-4c55-9a51-0d6f3f6f1a2b\n", "3c1b9d0e-2f4a-4c55-9a51-0d6f3f6f1a2b")]
    [InlineData("nonsense\n", null)]
    [InlineData(null, null)]
    public void The_run_of_the_system_is_known_where_the_system_says_it(string? text, string? expected)
    {
        if (text is not null)
        {
            Stage("proc/sys/kernel/random/boot_id", text);
        }

        Assert.Equal(expected is null ? null : Guid.Parse(expected), LinuxMachine.Probe(_root).BootId);
    }

    [Fact]
    public void Without_proc_and_sys_everything_is_unknown_and_nothing_throws()
    {
        MachineFacts facts = LinuxMachine.Probe(Path.Combine(_root, "nothing"));
        Assert.Null(facts.PhysicalMemoryBytes);
        Assert.Null(facts.GrantedMemoryBytes);
        Assert.Null(facts.L1DataBytes);
        Assert.Empty(facts.Nodes);
        Assert.Empty(facts.DaxDevices);
        Assert.True(facts.LogicalCores >= 1);
    }

    [Fact]
    public void Nonsense_in_the_files_is_the_same_as_no_files()
    {
        Cache(0, 1, "Data", "lots", "x-y");
        Stage("proc/meminfo", "MemTotal: many kB\n");
        Stage("proc/self/cgroup", "garbage\n4:memory:/a\n0::/b\n");
        Stage("sys/fs/cgroup/memory.max", "-5\n");
        Stage("sys/devices/system/node/node9/cpulist", "\n");
        Stage("sys/devices/system/node/node9/meminfo", "Node 9 MemTotal:\n");
        MachineFacts facts = LinuxMachine.Probe(_root);
        Assert.Null(facts.PhysicalMemoryBytes ?? facts.CgroupLimitBytes ?? facts.L1DataBytes);
        Assert.Empty(facts.Nodes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_node_without_processors_is_found_with_its_latency(bool cxl)
    {
        Node(0, "0-1", 1024, 100, 90);
        Node(1, "", 384, 380, 250);
        Node(2, "", 0, 0, null);
        if (cxl)
        {
            Stage("sys/bus/cxl/devices/mem0/uevent", "");
        }

        MachineFacts facts = LinuxMachine.Probe(_root);
        Assert.Equal(cxl, facts.HasCxl);
        Assert.Equal(
            [new NumaNodeFact(0, true, 1024L << 20, 100L << 20, 90), new NumaNodeFact(1, false, 384L << 20, 380L << 20, 250)],
            facts.Nodes);
    }

    [Fact]
    public void Dax_devices_come_with_their_size()
    {
        Stage("dev/dax0.0", "");
        Stage("dev/dax1.0", "");
        Stage("sys/bus/dax/devices/dax0.0/size", "1073741824\n");
        Assert.Equal([new DaxDeviceFact("/dev/dax0.0", 1L << 30)], LinuxMachine.Probe(_root).DaxDevices);
    }

    [Fact]
    public void The_tightest_limit_on_the_way_to_the_root_binds_in_version_2()
    {
        Stage("proc/self/cgroup", "0::/kube/pod/box\n");
        Stage("sys/fs/cgroup/kube/memory.max", "900000000\n");
        Stage("sys/fs/cgroup/kube/pod/memory.max", "500000000\n");
        Stage("sys/fs/cgroup/kube/pod/box/memory.max", "max\n");
        Assert.Equal(500_000_000, CgroupMemory.Limit(_root));
    }

    [Fact]
    public void A_path_of_the_host_falls_back_to_the_root_that_the_container_sees()
    {
        Stage("proc/self/cgroup", "0::/../../host/box\n");
        Stage("sys/fs/cgroup/memory.max", "700000000\n");
        Assert.Equal(700_000_000, CgroupMemory.Limit(_root));
    }

    [Fact]
    public void Version_1_limits_count_and_its_word_for_none_does_not()
    {
        Stage("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/api/box\n0::/\n");
        Stage("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Assert.Null(CgroupMemory.Limit(_root));
        Stage("sys/fs/cgroup/memory/api/memory.limit_in_bytes", "209715200\n");
        Stage("sys/fs/cgroup/memory/api/box/memory.limit_in_bytes", "9223372036854771712\n");
        Assert.Equal(209_715_200, CgroupMemory.Limit(_root));
    }

    [Fact]
    public void A_spinning_disk_is_told_by_the_mount_that_holds_the_path()
    {
        Stage(
            "proc/self/mountinfo",
            "1 0 254:0 / / rw - ext4 /dev/vda rw\n2 1 8:1 / /data rw - ext4 /dev/sda1 rw\n3 1 0:5 / /data/tmp rw - tmpfs none rw\n");
        Stage("sys/dev/block/254:0/queue/rotational", "0\n");
        Stage("sys/block/sda/queue/rotational", "1\n");
        Stage("sys/block/sda/sda1/partition", "1\n");
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateSymbolicLink(Path.Combine(_root, "sys/dev/block/8:1"), Path.Combine(_root, "sys/block/sda/sda1"));
            Assert.True(DiskProbe.Rotational("/data/store", _root));
        }

        Assert.False(DiskProbe.Rotational("/database", _root));
        Assert.Null(DiskProbe.Rotational("/data/tmp/x", _root));

        // A paravirtual disk says "1" by default: that is no knowledge.
        Stage("sys/dev/block/254:0/queue/rotational", "1\n");
        Stage("sys/dev/block/254:0/uevent", "MAJOR=254\nMINOR=0\nDEVNAME=vda\nDEVTYPE=disk\n");
        Assert.Null(DiskProbe.Rotational("/database", _root));
    }

    [Fact]
    public void This_machine_can_be_probed()
    {
        File.WriteAllBytes(Path.Combine(_root, "pmem"), new byte[5000]);
        MachineFacts facts = MachineFacts.Probe(new StoreOptions { DataFolder = _root });
        Assert.True(facts.GrantedMemoryBytes > 0);
        Assert.Equal(Environment.ProcessorCount, facts.LogicalCores);
        Assert.Equal(5000, facts.Disks[TierId.PmemWarm].UsedBytes);
        Assert.True(facts.Disks[TierId.NvmeCold].FreeBytes > 0);
        Assert.Equal(0, facts.Disks[TierId.HddArchive].UsedBytes);
    }

    private void Cache(int index, int level, string type, string size, string sharedBy)
    {
        string folder = $"sys/devices/system/cpu/cpu0/cache/index{index}/";
        Stage(folder + "level", $"{level}\n");
        Stage(folder + "type", type + "\n");
        Stage(folder + "size", size + "\n");
        Stage(folder + "shared_cpu_list", sharedBy + "\n");
    }

    private void Node(int number, string processors, long mebibytes, long freeMebibytes, int? latency)
    {
        string folder = $"sys/devices/system/node/node{number}/";
        Stage(folder + "cpulist", processors + "\n");
        Stage(folder + "meminfo", $"Node {number} MemTotal:  {mebibytes * 1024} kB\nNode {number} MemFree:   {freeMebibytes * 1024} kB\n");
        if (latency is not null)
        {
            Stage(folder + "access0/initiators/read_latency", $"{latency}\n");
        }
    }

    private void Stage(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
