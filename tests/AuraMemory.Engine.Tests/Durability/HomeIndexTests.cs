using System.Text;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Durability;

public class HomeIndexTests
{
    [Fact]
    public void Expired_keys_come_oldest_first_and_overwritten_times_do_not()
    {
        using var folder = new HomeFolder();
        folder.Put("late", "x", expiresAtMs: 3000);
        folder.Put("early", "x", expiresAtMs: 1000);
        folder.Put("renewed", "x", expiresAtMs: 1500);
        folder.Put("renewed", "x", expiresAtMs: 9000);
        folder.Put("kept", "x", expiresAtMs: 500);
        folder.Put("kept", "x");
        folder.Put("gone", "x", expiresAtMs: 700);
        folder.Delete("gone");
        folder.Put("archived", "x", expiresAtMs: 2000);
        folder.Move("archived", TierId.HddArchive);
        var expired = new List<(byte[] Key, long Version)>();
        folder.Home.Expired(3000, 10, expired);
        Assert.Equal(["early", "archived", "late"], expired.ConvertAll(e => Encoding.UTF8.GetString(e.Key)));
        expired.Clear();
        folder.Home.Expired(3000, 1, expired);
        Assert.Equal("early", Encoding.UTF8.GetString(Assert.Single(expired).Key));
        folder.Home.Expired(999, 10, expired);
        Assert.Single(expired);
    }

    [Fact]
    public void Relationships_are_read_from_both_ends_and_go_with_either_object()
    {
        using var folder = new HomeFolder();
        folder.Put("a", "x");
        folder.Put("b", "x");
        Relate(folder, "a", [new("b", "LIKES", 0.5), new("c"), new("b", "KNOWS")]);
        Relate(folder, "a", [new("b", "LIKES", 2.5)]);
        Relate(folder, "c", [new("a")]);
        Relate(folder, "ab", [new("b")]);
        Assert.Equal("a-KNOWS-b:1 a-LIKES-b:2.5 a-RELATED_TO-c:1", Read(folder, "a", RelationshipDirection.Outgoing));
        Assert.Equal("a-KNOWS-b:1 a-LIKES-b:2.5 ab-RELATED_TO-b:1", Read(folder, "b", RelationshipDirection.Incoming));
        Assert.Equal(3, folder.Home.CountRelationships("a"u8, 10));
        Assert.Equal(2, folder.Home.CountRelationships("a"u8, 2));
        using (IHomeBatch batch = folder.Home.NewBatch())
        {
            batch.Unrelate("a"u8, [new Relationship("b", "KNOWS")], 1, 500);
            Assert.Equal(CommitStatus.Done, folder.Home.Commit(batch, false, true));
        }

        folder.Reopen();
        Assert.Equal("a-LIKES-b:2.5 ab-RELATED_TO-b:1", Read(folder, "b", RelationshipDirection.Incoming));
        folder.Delete("a");
        Assert.Equal("", Read(folder, "a", RelationshipDirection.Outgoing));
        Assert.Equal("", Read(folder, "c", RelationshipDirection.Outgoing));
        Assert.Equal("ab-RELATED_TO-b:1", Read(folder, "b", RelationshipDirection.Incoming));
    }

    [Fact]
    public void A_deletion_takes_relationships_of_its_own_batch_and_spares_later_ones()
    {
        using var folder = new HomeFolder();
        using IHomeBatch batch = folder.Home.NewBatch();
        batch.Relate("a"u8, [new Relationship("b")], 1, 1);
        batch.Delete("b"u8, default, ChangeKind.Deleted, 2);
        batch.Relate("b"u8, [new Relationship("c")], 3, 3);
        Assert.Equal(CommitStatus.Done, folder.Home.Commit(batch, false, true));
        Assert.Equal("", Read(folder, "a", RelationshipDirection.Outgoing));
        Assert.Equal("b-RELATED_TO-c:1", Read(folder, "b", RelationshipDirection.Outgoing));
    }

    [Fact]
    public void Changes_are_ordered_survive_a_crash_and_report_when_they_were_trimmed()
    {
        using var folder = new HomeFolder();
        folder.Put("a", "x");
        folder.Put("b", "x");
        folder.Delete("a");
        using HomeFolder after = folder.Crash();
        var changes = new List<Change>();
        Assert.True(after.Home.Changes(0, 10, changes));
        Assert.Equal("1 Stored a 1,2 Stored b 2,3 Deleted a 1", Text(changes));
        changes.Clear();
        Assert.True(after.Home.Changes(1, 1, changes));
        Assert.Equal("2 Stored b 2", Text(changes));
        after.Home.TrimChanges(2);
        Assert.False(after.Home.Changes(1, 10, changes));
        changes.Clear();
        Assert.True(after.Home.Changes(2, 10, changes));
        Assert.Equal("3 Deleted a 1", Text(changes));
        after.Home.TrimChanges(100);
        after.Reopen();
        Assert.Equal(3, after.Home.LastChangeNumber);
        Assert.Equal(4, after.Home.FirstFreeNumber);
        Assert.False(after.Home.Changes(0, 10, changes));
        after.Audit();

        static string Text(List<Change> list) =>
            string.Join(',', list.Select(c => $"{c.Number} {c.Kind} {Encoding.UTF8.GetString(c.Key)} {c.Version}"));
    }

    [Fact]
    public void Changes_beyond_the_retained_count_are_trimmed_by_themselves()
    {
        using var folder = new HomeFolder();
        folder.Options = folder.Options with { RetainedChanges = 50 };
        folder.Reopen();
        for (int i = 0; i < 300; i++)
        {
            folder.Put("k" + (i % 7), "x");
            Assert.InRange(folder.Home.Counters.Changes, 1, 67);
        }

        var changes = new List<Change>();
        Assert.True(folder.Home.Changes(250, 1000, changes));
        Assert.Equal(50, changes.Count);
        Assert.False(folder.Home.Changes(100, 1000, changes));
        folder.Audit();
    }

    [Fact]
    public void Reserved_numbers_are_never_given_out_again_after_a_crash()
    {
        using var folder = new HomeFolder();
        Assert.Equal(1, folder.Home.FirstFreeNumber);
        Assert.True(folder.Home.ReserveNumbers(1000));
        folder.Put("a", "x");
        using HomeFolder after = folder.Crash();
        Assert.Equal(1000, after.Home.FirstFreeNumber);
        Assert.True(after.Home.ReserveNumbers(500));
        after.Reopen();
        Assert.Equal(1000, after.Home.FirstFreeNumber);
    }

    [Fact]
    public void Unlogged_stores_are_visible_at_once_may_be_lost_in_a_crash_and_never_upset_the_totals()
    {
        using var folder = new HomeFolder();
        folder.Put("kept", "1");
        folder.Put("kept", "longer value", log: false);
        folder.Put("lost", "x", log: false);
        folder.Put("kept", "third", log: true);
        folder.Delete("lost");
        Assert.Equal("third", folder.Get("kept"));
        using (HomeFolder after = folder.Crash())
        {
            Assert.Equal("third", after.Get("kept"));
            after.Audit();
        }

        folder.Put("flushed", "x", log: false);
        Assert.Equal(CommitStatus.Done, folder.Home.Flush());
        using HomeFolder flushed = folder.Crash();
        Assert.Equal("x", flushed.Get("flushed"));
        flushed.Audit();
    }

    [Fact]
    public void Unread_objects_are_found_in_order_and_touched_ones_are_spared()
    {
        using var folder = new HomeFolder();
        foreach (string key in new[] { "a", "b", "c", "d" })
        {
            folder.Put(key, "x", stored: 1000);
        }

        folder.Put("new", "x", stored: 9000);
        folder.Home.Touch("b"u8, 8000);
        Assert.Equal("a c d", Scan(folder.Home));
        folder.Home.Flush();
        folder.Reopen();
        Assert.Equal("a c d", Scan(folder.Home));
        var first = new List<(byte[] Key, long Version)>();
        byte[]? next = folder.Home.ScanUnread(null, 5000, 2, first);
        Assert.Equal("b"u8.ToArray(), next);
        Assert.Single(first);

        static string Scan(Home home)
        {
            var found = new List<(byte[] Key, long Version)>();
            byte[]? at = null;
            do
            {
                at = home.ScanUnread(at, 5000, 2, found);
            }
            while (at is not null);
            return string.Join(' ', found.Select(f => Encoding.UTF8.GetString(f.Key)));
        }
    }

    [Fact]
    public void Notes_and_listings_with_prefix_and_cursor_work_across_both_paths()
    {
        using var folder = new HomeFolder();
        Assert.Null(folder.Home.GetNote("x"));
        Assert.True(folder.Home.PutNote("x", "1"u8));
        for (int i = 0; i < 30; i++)
        {
            folder.Put($"p{i:00}", "x");
            if (i % 3 == 0)
            {
                folder.Move($"p{i:00}", TierId.HddArchive);
            }
        }

        folder.Put("q", "x");
        folder.Reopen();
        Assert.Equal("1"u8.ToArray(), folder.Home.GetNote("x"));
        Assert.Equal(30, folder.Keys("p").Count);
        var page = new List<HomeListing>();
        folder.Home.List("p"u8, "p08"u8, 3, page);
        Assert.Equal("p09 HddArchive,p10 NvmeCold,p11 NvmeCold", string.Join(',', page.Select(l => $"{Encoding.UTF8.GetString(l.Key)} {l.Tier}")));
    }

    [Fact]
    public void An_envelope_that_was_changed_anywhere_does_not_parse()
    {
        var image = new ObjectImage("key"u8, new ObjectHeader(ObjectHeader.MaxVersion, 1, 2, 3, ObjectFlags.ShapeRequested), "{}"u8, "[1,2]"u8);
        var bytes = new byte[Envelope.Size(image)];
        Envelope.Write(image, bytes);
        Assert.True(Envelope.TryParse("key"u8, bytes, out Envelope envelope));
        Assert.Equal(image.Header, envelope.Header);
        Assert.Equal("[1,2]", Encoding.UTF8.GetString(envelope.Data));
        Assert.False(Envelope.TryParse("kez"u8, bytes, out _));
        for (int i = 0; i < bytes.Length * 8; i++)
        {
            bytes[i / 8] ^= (byte)(1 << (i % 8));
            Assert.False(Envelope.TryParse("key"u8, bytes, out _), $"bit {i}");
            bytes[i / 8] ^= (byte)(1 << (i % 8));
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            Assert.False(Envelope.TryParse("key"u8, bytes.AsSpan(0, i), out _));
        }
    }

    private static void Relate(HomeFolder folder, string source, Relationship[] relationships)
    {
        using IHomeBatch batch = folder.Home.NewBatch();
        batch.Relate(HomeFolder.Bytes(source), relationships, 1, folder.Home.LastChangeNumber + 100);
        Assert.Equal(CommitStatus.Done, folder.Home.Commit(batch, false, true));
    }

    private static string Read(HomeFolder folder, string key, RelationshipDirection direction)
    {
        var views = new List<RelationshipView>();
        Assert.Equal(ReadStatus.Found, folder.Home.Relationships(HomeFolder.Bytes(key), direction, 100, views));
        return string.Join(' ', views.Select(v => $"{v.Source}-{v.Type}-{v.Target}:{v.Weight}"));
    }
}
