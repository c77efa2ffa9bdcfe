using System.Diagnostics;
using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;

namespace Finetune.Tests.Graph.Caching;

public sealed class KeyLockTests
{
    [SkippableFact]
    public async Task A_lock_of_a_killed_process_is_free_at_once()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && File.Exists("/usr/bin/flock"), "needs the flock program");
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "key.lock");

        // --no-fork: the process that sleeps is the one that holds the lock, so killing it is killing the holder.
        var start = new ProcessStartInfo("/usr/bin/flock", ["--no-fork", path, "sh", "-c", "echo held; exec sleep 60"])
        {
            RedirectStandardOutput = true,
        };
        using var holder = Process.Start(start)!;
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync());
        Assert.Null(KeyLock.TryTake(path));
        var waited = 0;
        var taking = KeyLock.TakeAsync(path, () => waited++, CancellationToken.None);
        Assert.False(taking.IsCompleted);
        holder.Kill();
        using var taken = await taking.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(1, waited);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_lock_that_cannot_be_made_is_an_error_and_no_endless_wait()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "file");
        File.WriteAllText(file, "");
        var e = Assert.Throws<PipelineException>(() => KeyLock.TryTake(Path.Combine(file, "locks", "a.lock")));
        Assert.Equal(ExitCode.Lock, e.ExitCode);
    }
}
