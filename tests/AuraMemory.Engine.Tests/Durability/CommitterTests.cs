using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Writing;

namespace AuraMemory.Engine.Tests.Durability;

/// <summary>Groups of the committer over a home whose commits are held at a gate.</summary>
public sealed class CommitterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HomeFolder _folder = new();
    private readonly Rules _rules = new();
    private readonly Committer _committer;
    private int _commits;

    public CommitterTests()
    {
        _committer = new Committer(_folder.Home, _rules);
        _folder.Stages.Seen = point => _commits += point == StagePoint.BeforeCommit ? 1 : 0;
    }

    public void Dispose()
    {
        _committer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_writer_alone_is_answered_on_its_own_thread_and_never_waited_for()
    {
        for (int i = 1; i <= 100; i++)
        {
            Assert.True(Submit(i).IsCompletedSuccessfully);
            Assert.Equal(i, _commits);
        }
    }

    [Fact]
    public async Task Who_waits_behind_a_synced_commit_is_committed_at_the_deadline_when_nobody_comes_back()
    {
        // Many times over: after each deadline the next groups are not waited for, twice as many each time.
        for (int round = 0; round < 20; round++)
        {
            (Task first, Task second) = await BehindAsync(round * 2);
            await first.WaitAsync(Patience, TestContext.Current.CancellationToken);
            await second.WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.Equal((round + 1) * 2, _commits);
        }

        Assert.Equal(40, _rules.Published);
        Assert.True(Submit(1000).IsCompletedSuccessfully); // the lead was given back
    }

    [Fact]
    public async Task Requests_that_wait_while_a_commit_is_held_share_the_next_one()
    {
        const int waiting = 10;
        (Task first, ManualResetEventSlim gate) = await HeldAsync(1);
        var others = new List<Task>();
        for (int i = 0; i < waiting; i++)
        {
            others.Add(Submit(100 + i).AsTask());
        }

        Assert.DoesNotContain(others, other => other.IsCompleted);
        gate.Set();
        await first.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await Task.WhenAll(others).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal((2, waiting + 1), (_commits, _rules.Published));
    }

    [Fact]
    public async Task A_group_that_throws_tells_its_callers_and_what_it_may_have_written_is_looked_for()
    {
        _rules.PublishThrows = true;
        await Assert.ThrowsAsync<OutOfMemoryException>(async () => await Submit(1));
        _rules.PublishThrows = false;
        long before = _committer.PublishedNumber;
        await Submit(2);
        Assert.Equal(before, _committer.PublishedNumber); // a copy of the first may still be an old one

        _committer.Reconcile();
        await Submit(3);
        Assert.Equal(1, _rules.Reconciled);
        Assert.True(_committer.PublishedNumber > before);
    }

    private async Task<(Task First, Task Second)> BehindAsync(int number)
    {
        (Task first, ManualResetEventSlim gate) = await HeldAsync(number);
        Task second = Submit(number + 1).AsTask();
        gate.Set();
        return (first, second);
    }

    /// <summary>Submits on another thread and returns while its commit is held at the gate.</summary>
    private async Task<(Task Done, ManualResetEventSlim Gate)> HeldAsync(int number)
    {
        var gate = new ManualResetEventSlim();
        var reached = new TaskCompletionSource();
        _folder.Stages.Seen = point =>
        {
            if (point == StagePoint.BeforeCommit)
            {
                _commits++;
                reached.TrySetResult();
                Assert.True(gate.Wait(Patience));
            }
        };
        Task done = Task.Factory.StartNew(() => Submit(number).AsTask(), TaskCreationOptions.LongRunning).Unwrap();
        await reached.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        return (done, gate);
    }

    private ValueTask Submit(int number) => _committer.SubmitAsync(new[]
    {
        new WriteOperation(WriteKind.Store, HomeFolder.Bytes("k" + number), (ulong)number) { Durability = DurabilityLevel.Fsync },
    });

    private sealed class Rules : IWriteRules
    {
        private long _next;
        private int _published;

        public bool PublishThrows { get; set; }

        public int Published => Volatile.Read(ref _published);

        public int Reconciled { get; private set; }

        public void Prepare(WriteOperation operation, IHomeBatch batch)
        {
            operation.Version = ++_next;
            var header = new ObjectHeader(_next, 1, 1, 0, ObjectFlags.None);
            batch.Put(new ObjectImage(operation.Key.Span, header, [], "1"u8), default, _next);
            operation.InBatch = true;
            operation.Status = WriteStatus.Done;
        }

        public void Publish(WriteOperation operation)
        {
            if (PublishThrows)
            {
                throw new OutOfMemoryException();
            }

            Interlocked.Increment(ref _published);
        }

        public void Settle(WriteOperation operation)
        {
        }

        public bool Reconcile(WriteOperation operation)
        {
            Reconciled++;
            return true;
        }
    }
}
