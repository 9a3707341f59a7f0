using System.Diagnostics;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Durability;

/// <summary>What a witness demands, and what it does not when it is damaged, foreign or not there.</summary>
public class TailWitnessTests
{
    private static readonly string Value = new('v', 500);

    [Fact]
    public void A_log_of_the_archive_that_lost_its_end_is_refused()
    {
        using var folder = new HomeFolder();
        for (int i = 0; i < 20; i++)
        {
            folder.Put("k" + i, Value);
            Assert.Equal(PlaceStatus.Placed, folder.Move("k" + i, TierId.HddArchive));
        }

        using HomeFolder torn = Copy(folder);
        Cut(NewestLog(torn.Options.ArchivePath));
        torn.Options = torn.Options with { BootId = Guid.NewGuid() }; // a move syncs the archive: a boot is no excuse
        HomeOpenException e = Assert.Throws<HomeOpenException>(torn.Reopen);
        Assert.Equal((HomeOpenProblem.Corrupt, torn.Options.ArchivePath), (e.Problem, e.Path));
        Assert.Contains("are missing", e.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void An_older_log_that_lost_its_end_is_refused_though_the_newer_one_is_whole(int cut)
    {
        using var folder = new HomeFolder();
        using HomeFolder torn = Copy(folder);
        string older = Assert.Single(Logs(folder.Options.SsdPath));

        // What a kill between the second log's first record and the end of the flush leaves: both logs, and a list of files that
        // needs both. The flush deletes the older log when it likes, so that one is read through a handle opened before.
        using FileStream kept = new(older, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var random = new Random(3);
        byte[] noise = new byte[60_000];
        int count = 0;
        while (NewestLog(folder.Options.SsdPath) == older)
        {
            Assert.InRange(count, 0, 400);
            random.NextBytes(noise);
            folder.Put("k" + count++, Convert.ToHexString(noise));
        }

        using (FileStream into = File.Create(Path.Combine(torn.Options.SsdPath, Path.GetFileName(older))))
        {
            kept.CopyTo(into);
            into.SetLength(into.Length - cut);
        }

        string newer = NewestLog(folder.Options.SsdPath);
        File.Copy(newer, Path.Combine(torn.Options.SsdPath, Path.GetFileName(newer)));
        File.Copy(folder.Options.WitnessPath!, torn.Options.WitnessPath!, overwrite: true);
        if (cut == 0)
        {
            torn.Reopen();
            Assert.Equal(count, torn.Keys().Count);
            return;
        }

        HomeOpenException e = Assert.Throws<HomeOpenException>(torn.Reopen);
        Assert.Equal((HomeOpenProblem.Corrupt, torn.Options.SsdPath), (e.Problem, e.Path));
    }

    [Fact]
    public void A_damaged_witness_never_demands_what_is_not_there()
    {
        using var folder = new HomeFolder();
        for (int i = 0; i < 50; i++)
        {
            folder.Put("k" + i, Value, sync: i % 10 == 0);
        }

        var random = new Random(5);
        for (int round = 0; round < 12; round++)
        {
            using HomeFolder copy = Copy(folder);
            byte[] page = File.ReadAllBytes(copy.Options.WitnessPath!);
            if (round == 0)
            {
                page = page[..100];
            }
            else
            {
                for (int i = 0; i < 1 << round; i++)
                {
                    page[random.Next(page.Length)] ^= (byte)random.Next(1, 256);
                }
            }

            File.WriteAllBytes(copy.Options.WitnessPath!, page);
            copy.Reopen();
            Assert.Equal(Value, copy.Get("k49"));
            copy.Put("more", Value);
            copy.Reopen();
            Assert.Equal(Value, copy.Get("more"));
        }
    }

    [Fact]
    public void A_witness_of_another_store_demands_nothing()
    {
        using var many = new HomeFolder();
        using var few = new HomeFolder();
        for (int i = 0; i < 100; i++)
        {
            many.Put("k" + i, Value, sync: i == 99);
        }

        few.Put("a", Value);
        using HomeFolder mixed = Copy(few);
        File.Copy(many.Options.WitnessPath!, mixed.Options.WitnessPath!, overwrite: true);
        mixed.Reopen();
        Assert.Equal(Value, mixed.Get("a"));
    }

    [Fact]
    public void A_folder_without_a_witness_opens_as_it_is_and_is_witnessed_from_then_on()
    {
        using var folder = new HomeFolder();
        for (int i = 0; i < 20; i++)
        {
            folder.Put("k" + i, Value);
        }

        using HomeFolder earlier = Copy(folder);
        File.Delete(earlier.Options.WitnessPath!);
        Cut(NewestLog(earlier.Options.SsdPath));
        earlier.Reopen();
        Assert.Equal(Value, earlier.Get("k18"));
        Assert.Null(earlier.Get("k19"));
        for (int i = 0; i < 20; i++)
        {
            earlier.Put("n" + i, Value);
        }

        using HomeFolder torn = Copy(earlier);
        Cut(NewestLog(torn.Options.SsdPath));
        Assert.Equal(HomeOpenProblem.Corrupt, Assert.Throws<HomeOpenException>(torn.Reopen).Problem);
    }

    [Fact]
    public void Where_the_page_cannot_be_mapped_it_is_written_and_demands_the_same()
    {
        string mount = Directory.CreateTempSubdirectory("aura-ramfs-").FullName;
        if (!OperatingSystem.IsLinux() || !Run("mount", "-t", "ramfs", "ramfs", mount))
        {
            Directory.Delete(mount);
            Assert.Skip("Needs the right to mount a file system that is not among the mapped ones.");
        }

        try
        {
            using var folder = new HomeFolder(open: false);
            folder.Options = folder.Options with { WitnessPath = Path.Combine(mount, "tail.witness") };
            folder.Reopen();
            for (int i = 0; i < 20; i++)
            {
                folder.Put("k" + i, Value);
            }

            using HomeFolder torn = Copy(folder);
            torn.Options = torn.Options with { WitnessPath = Path.Combine(mount, "copy.witness") };
            File.Copy(folder.Options.WitnessPath!, torn.Options.WitnessPath!);
            Cut(NewestLog(torn.Options.SsdPath));
            Assert.Equal(HomeOpenProblem.Corrupt, Assert.Throws<HomeOpenException>(torn.Reopen).Problem);
        }
        finally
        {
            Run("umount", "-l", mount);
            Directory.Delete(mount, true);
        }
    }

    private static HomeFolder Copy(HomeFolder folder)
    {
        var copy = new HomeFolder(open: false);
        HomeFolder.CopyTree(folder.Root, copy.Root);
        return copy;
    }

    private static string[] Logs(string path) => [.. Directory.GetFiles(path, "*.log").Order(StringComparer.Ordinal)];

    private static string NewestLog(string path) => Logs(path)[^1];

    private static void Cut(string log)
    {
        using FileStream file = File.OpenWrite(log);
        file.SetLength(file.Length - 100);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
