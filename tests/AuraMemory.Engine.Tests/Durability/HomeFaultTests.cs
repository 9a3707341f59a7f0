using System.Diagnostics;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Durability;

public class HomeFaultTests
{
    [Fact]
    public void A_second_open_of_the_same_folder_is_refused_with_what_to_do()
    {
        using var folder = new HomeFolder();
        HomeOpenException e = Assert.Throws<HomeOpenException>(() => HomeFolder.Open(folder.Options));
        Assert.Equal(HomeOpenProblem.Locked, e.Problem);
        Assert.Contains("in use", e.Message);
        using var other = new HomeFolder();
        e = Assert.Throws<HomeOpenException>(() => HomeFolder.Open(folder.Options with { SsdPath = Path.Combine(other.Root, "fresh") }));
        Assert.Equal((HomeOpenProblem.Locked, folder.Options.ArchivePath), (e.Problem, e.Path));
    }

    [Fact]
    public void A_file_in_the_place_of_the_folder_is_explained()
    {
        using var folder = new HomeFolder();
        string file = Path.Combine(folder.Root, "file");
        File.WriteAllText(file, "x");
        HomeOpenException e = Assert.Throws<HomeOpenException>(() => HomeFolder.Open(folder.Options with { SsdPath = file }));
        Assert.Equal(HomeOpenProblem.Unavailable, e.Problem);
    }

    [Fact]
    public void A_folder_of_a_newer_release_or_of_another_store_is_refused()
    {
        using var folder = new HomeFolder();
        using var other = new HomeFolder();
        folder.Home.Dispose();
        other.Home.Dispose();
        HomeOpenException e = Assert.Throws<HomeOpenException>(() => HomeFolder.Open(folder.Options with { ArchivePath = other.Options.ArchivePath }));
        Assert.Equal(HomeOpenProblem.Mismatch, e.Problem);
        Mark(folder.Options.SsdPath, Home.SsdFamilies, false);
        e = Assert.Throws<HomeOpenException>(() => HomeFolder.Open(folder.Options));
        Assert.Equal((HomeOpenProblem.NewerFormat, folder.Options.SsdPath), (e.Problem, e.Path));
        Mark(other.Options.ArchivePath, [.. Home.ArchiveFamilies, "later"], true);
        e = Assert.Throws<HomeOpenException>(() => HomeFolder.Open(other.Options));
        Assert.Equal((HomeOpenProblem.NewerFormat, other.Options.ArchivePath), (e.Problem, e.Path));

        void Mark(string path, string[] families, bool archive)
        {
            using var settings = new RocksSettings(folder.Options);
            using RocksDatabase database = RocksDatabase.Open(path, families, 1, settings, archive, false, out _)!;
            var image = new WriteBatchImage();
            image.Put(0, "format"u8, [2]);
            Assert.Null(database.Write(image, true, true));
        }
    }

    [Fact]
    public void Direct_io_is_used_or_its_absence_is_explained()
    {
        using var folder = new HomeFolder(open: false);
        folder.Options = folder.Options with { DirectIo = true };
        folder.Reopen();
        folder.Put("a", new string('x', 100_000));
        folder.Put("b", "small", log: false);
        Assert.Equal(CommitStatus.Done, folder.Home.Flush());
        folder.Reopen();
        Assert.Equal("small", folder.Get("b"));
        Assert.Equal(100_000, folder.Get("a")!.Length);
        Assert.True(folder.Home.DirectIoFallback is null || folder.Home.DirectIoFallback.Contains("page cache"));
        Assert.True(folder.Home.MemoryBytes > 0);
    }

    [Fact]
    public void A_log_that_lost_acknowledged_stores_is_refused_unless_the_system_was_booted_since()
    {
        using var folder = new HomeFolder();
        for (int i = 0; i < 100; i++)
        {
            folder.Put("k" + i, new string('v', 500));
        }

        using HomeFolder torn = Damaged(folder, log =>
        {
            using FileStream file = File.OpenWrite(log);
            file.SetLength(file.Length - 100);
        });
        for (int attempt = 0; attempt < 2; attempt++)
        {
            HomeOpenException e = Assert.Throws<HomeOpenException>(() => HomeFolder.Open(torn.Options));
            Assert.Equal(HomeOpenProblem.Corrupt, e.Problem);
            Assert.Contains("up to 1 changes are missing", e.Message);
        }

        torn.Options = torn.Options with { BootId = Guid.NewGuid() };
        torn.Reopen();
        for (int i = 0; i < 99; i++)
        {
            Assert.Equal(new string('v', 500), torn.Get("k" + i));
        }

        Assert.Null(torn.Get("k99"));
        torn.Audit();
        torn.Reopen();
        Assert.Null(torn.Get("k99"));
    }

    [Fact]
    public void A_log_that_lost_synced_stores_is_refused_after_a_boot_too_until_the_operator_consents()
    {
        using var folder = new HomeFolder();
        for (int i = 0; i < 100; i++)
        {
            folder.Put("k" + i, new string('v', 500), sync: i == 99);
        }

        using HomeFolder torn = Damaged(folder, log =>
        {
            using FileStream file = File.OpenWrite(log);
            file.SetLength(file.Length - 100);
        });
        torn.Options = torn.Options with { BootId = null };
        HomeOpenException e = Assert.Throws<HomeOpenException>(() => HomeFolder.Open(torn.Options));
        Assert.Contains("allow_point_in_time_recovery", e.Message);
        torn.Options = torn.Options with { AllowPointInTimeRecovery = true };
        torn.Reopen();
        Assert.Contains("up to 1 changes are missing", torn.Home.RecoveryNote);
        Assert.Null(torn.Get("k99"));
        torn.Options = torn.Options with { AllowPointInTimeRecovery = false };
        torn.Reopen();
        Assert.Null(torn.Home.RecoveryNote);
        torn.Audit();
    }

    [Fact]
    public void Damage_in_the_middle_of_the_log_is_refused_unless_the_operator_accepts_the_prefix()
    {
        using var folder = new HomeFolder();
        for (int i = 1; i <= 200; i++)
        {
            folder.Put("k" + i, new string('v', 500));
        }

        using HomeFolder damaged = Damaged(folder, log => Flip(log, 0.5));
        HomeOpenException e = Assert.Throws<HomeOpenException>(() => HomeFolder.Open(damaged.Options));
        Assert.Equal(HomeOpenProblem.Corrupt, e.Problem);
        Assert.Contains("allow_point_in_time_recovery", e.Message);
        damaged.Options = damaged.Options with { AllowPointInTimeRecovery = true };
        damaged.Reopen();
        long last = damaged.Home.LastChangeNumber;
        Assert.InRange(last, 50, 150);
        Assert.Contains($"kept is {last}", damaged.Home.RecoveryNote);
        for (int i = 1; i <= 200; i++)
        {
            Assert.Equal(i <= last ? new string('v', 500) : null, damaged.Get("k" + i));
        }

        damaged.Audit();
    }

    /// <summary>What the storage engine alone takes for a tail: it opened with changes missing from the middle, and said nothing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Damage_that_looks_like_a_tail_is_refused_while_whole_records_follow(bool zeros)
    {
        using var folder = new HomeFolder();
        for (int i = 1; i <= 200; i++)
        {
            folder.Put("k" + i, new string('v', 500));
        }

        using HomeFolder damaged = Damaged(folder, log =>
        {
            byte[] bytes = File.ReadAllBytes(log);
            if (zeros)
            {
                bytes.AsSpan(40_000, 4096).Clear(); // a page that was never written
            }
            else
            {
                bytes[RecordAfter(bytes, bytes.Length - 20_000) + 5] = 0xFF; // a length that points beyond the end
            }

            File.WriteAllBytes(log, bytes);
        });
        HomeOpenException e = Assert.Throws<HomeOpenException>(() => HomeFolder.Open(damaged.Options));
        Assert.Equal(HomeOpenProblem.Corrupt, e.Problem);
        Assert.Contains("whole records follow", e.Message);
        damaged.Options = damaged.Options with { AllowPointInTimeRecovery = true };
        damaged.Reopen();
        long last = damaged.Home.LastChangeNumber;
        Assert.InRange(last, 20, 190);
        Assert.Contains($"kept is {last}", damaged.Home.RecoveryNote);
        Assert.NotEmpty(Directory.GetFiles(damaged.Options.SsdPath, "*.damaged"));
        for (int i = 1; i <= 200; i++)
        {
            Assert.Equal(i <= last ? new string('v', 500) : null, damaged.Get("k" + i));
        }

        damaged.Audit();
        damaged.Reopen();
        Assert.Equal(last, damaged.Home.LastChangeNumber);
    }

    /// <summary>Where the first record at or behind a place of a log begins.</summary>
    private static int RecordAfter(byte[] log, int place)
    {
        const int block = 32 << 10;
        int at = 0;
        while (at < place)
        {
            at += 7 + log[at + 4] + (log[at + 5] << 8);
            at = block - (at % block) < 7 ? (at / block * block) + block : at;
        }

        return at;
    }

    [Fact]
    public void Flipped_bytes_in_tables_end_in_the_right_value_or_an_error()
    {
        using var folder = new HomeFolder();
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            folder.Put("k" + i, Value(i), log: i != 0);
        }

        Assert.Equal(CommitStatus.Done, folder.Home.Flush());
        folder.Home.Dispose();
        foreach (string table in Directory.GetFiles(folder.Options.SsdPath, "*.sst"))
        {
            byte[] bytes = File.ReadAllBytes(table);
            for (int i = 0; bytes.Length > 100_000 && i < 8; i++)
            {
                bytes[random.Next(bytes.Length / 2)] ^= 0x20;
            }

            File.WriteAllBytes(table, bytes);
        }

        int corrupt = 0;
        using Home home = HomeFolder.Open(folder.Options);
        using var buffer = new ObjectBuffer();
        for (int i = 0; i < 2000; i++)
        {
            switch (home.Read(HomeFolder.Bytes("k" + i), buffer))
            {
                case ReadStatus.Found:
                    Assert.Equal(Value(i), System.Text.Encoding.UTF8.GetString(buffer.Data));
                    break;
                case ReadStatus.Corrupt:
                    corrupt++;
                    break;
                default:
                    Assert.Fail("A damaged object must not look absent.");
                    break;
            }
        }

        Assert.InRange(corrupt, 1, 500);

        static string Value(int i) => string.Concat(Enumerable.Repeat(i + ";", 60));
    }

    [Theory]
    [InlineData(StagePoint.BeforeCommit, null)]
    [InlineData(StagePoint.AfterCommit, "v")]
    public void A_failed_write_makes_the_home_read_only_until_it_is_recovered(StagePoint at, string? left)
    {
        using var folder = new HomeFolder();
        folder.Put("a", "1");
        folder.Stages.Fault = () => new IOException("staged");
        folder.Stages.At = at;
        Assert.Equal(CommitStatus.DeviceFailed, folder.TryPut("b", "v", "", 0, 1, false, true, 70));
        folder.Stages.At = null;
        Assert.Equal(HomeHealth.Failed, folder.Home.Health);
        Assert.Equal(CommitStatus.DeviceFailed, folder.TryPut("c", "v", "", 0, 1, false, true, 71));
        Assert.Equal("1", folder.Get("a"));
        Assert.True(folder.Home.TryRecover());
        Assert.Equal(HomeHealth.Healthy, folder.Home.Health);
        Assert.Equal(left, folder.Get("b"));
        Assert.Equal(CommitStatus.Done, folder.TryPut("c", "v", "", 0, 1, false, true, 72));
        folder.Audit();
    }

    [Fact]
    public async Task Readers_go_on_while_the_home_is_reopened()
    {
        using var folder = new HomeFolder();
        folder.Put("a", "1");
        folder.Stages.Fault = () => new IOException("staged");
        using var stop = new CancellationTokenSource();
        using var reading = new CountdownEvent(3);
        Task<int>[] readers =
        [
            .. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                int reads = 0;
                while (!stop.IsCancellationRequested)
                {
                    Assert.Equal("1", folder.Get("a"));
                    Assert.Equal(["a"], folder.Keys());
                    if (reads++ == 0)
                    {
                        reading.Signal();
                    }
                }

                return reads;
            })),
        ];
        Assert.True(reading.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        for (int i = 0; i < 5; i++)
        {
            folder.Stages.At = StagePoint.BeforeCommit;
            Assert.Equal(CommitStatus.DeviceFailed, folder.TryPut("b", "v", "", 0, 1, false, true, 70 + i));
            folder.Stages.At = null;
            Assert.True(folder.Home.TryRecover());
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads > 0));
    }

    [Fact]
    public void A_full_disk_refuses_writes_keeps_reads_and_recovers_when_there_is_room()
    {
        string mount = Directory.CreateTempSubdirectory("aura-full-").FullName;
        if (!OperatingSystem.IsLinux() || !Mount("mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", mount))
        {
            Directory.Delete(mount);
            Assert.Skip("Needs the right to mount a small tmpfs.");
        }

        try
        {
            using var folder = new HomeFolder(Directory.CreateDirectory(Path.Combine(mount, "home")).FullName, open: false);
            string ballast = Path.Combine(mount, "ballast");
            File.WriteAllBytes(ballast, new byte[28 << 20]);
            folder.Options = folder.Options with { DirectIo = true };
            using Home home = HomeFolder.Open(folder.Options);
            long version = 0;
            CommitStatus status;
            var random = new byte[8192];
            do
            {
                new Random((int)++version).NextBytes(random);
                using IHomeBatch batch = home.NewBatch();
                batch.Put(new ObjectImage(HomeFolder.Bytes("k" + version), new ObjectHeader(version, 1, 1, 0, ObjectFlags.None), [], random), default, version);
                status = home.Commit(batch, false, true);
            }
            while (status == CommitStatus.Done && version < 4000);

            Assert.Equal(CommitStatus.NoSpace, status);
            Assert.Equal(HomeHealth.ReadOnlyNoSpace, home.Health);
            AssertAll(home, version - 1);
            Assert.False(home.TryRecover());
            AssertAll(home, version - 1);
            File.Delete(ballast);
            Assert.True(home.TryRecover());
            Assert.Equal(HomeHealth.Healthy, home.Health);
            AssertAll(home, version - 1);
            Assert.True(home.PutNote("n", "v"u8));
            Assert.Equal(home.Recount().ToString(), home.Counters.ToString());
        }
        finally
        {
            Mount("umount", "-l", mount);
            Directory.Delete(mount, true);
        }

        static void AssertAll(Home home, long count)
        {
            using var buffer = new ObjectBuffer();
            var expected = new byte[8192];
            for (int i = 1; i <= count; i++)
            {
                Assert.Equal(ReadStatus.Found, home.Read(HomeFolder.Bytes("k" + i), buffer));
                new Random(i).NextBytes(expected);
                Assert.True(buffer.Data.SequenceEqual(expected));
            }
        }
    }

    [Fact]
    public void The_ssd_budget_refuses_growth_and_lets_deletions_through()
    {
        using var folder = new HomeFolder();
        folder.Options = folder.Options with { SsdCapacityBytes = 4000 };
        folder.Reopen();
        folder.Put("a", new string('x', 3000));
        Assert.Equal(CommitStatus.NoSpace, folder.TryPut("b", new string('x', 3000), "", 0, 1, false, true, 9));
        Assert.Equal(HomeHealth.Healthy, folder.Home.Health);
        folder.Put("a", new string('y', 2000));
        folder.Delete("a");
        folder.Put("b", new string('x', 3000));
        Assert.Equal(folder.Home.Counters.SsdBytes, folder.Home.Ssd.Usage.UsedBytes);
        folder.Audit();
    }

    private static bool Mount(params string[] command)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static HomeFolder Damaged(HomeFolder folder, Action<string> damage)
    {
        var copy = new HomeFolder(Directory.CreateTempSubdirectory("aura-home-").FullName, open: false);
        HomeFolder.CopyTree(folder.Root, copy.Root);
        string log = Directory.GetFiles(copy.Options.SsdPath, "*.log").MaxBy(f => new FileInfo(f).Length)!;
        damage(log);
        return copy;
    }

    private static void Flip(string path, double at)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[(int)(bytes.Length * at)] ^= 0x55;
        File.WriteAllBytes(path, bytes);
    }
}
