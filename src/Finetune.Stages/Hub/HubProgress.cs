using Finetune.Graph.Planning;

namespace Finetune.Stages.Hub;

/// <summary>Adds up what several downloads have, and tells it a mebibyte at a time.</summary>
internal sealed class HubProgress(long[] here, long total, IProgress<StageProgress> progress)
{
    private const int Mebibyte = 20;
    private readonly Lock _lock = new();
    private long _sum = here.Sum();
    private long _told = -1;

    /// <summary>One of them has so many bytes now.</summary>
    public void Report(int download, long bytes)
    {
        lock (_lock)
        {
            _sum += bytes - here[download];
            here[download] = bytes;
            if (_sum >> Mebibyte != _told)
            {
                _told = _sum >> Mebibyte;
                progress.Report(new StageProgress("downloading, MiB", _told, Math.Max(1, total >> Mebibyte)));
            }
        }
    }
}
