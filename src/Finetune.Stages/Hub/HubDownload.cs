using System.Net;
using Finetune.Graph.Caching;

namespace Finetune.Stages.Hub;

/// <summary>Brings one file into the cache: into <c>HASH.incomplete</c>, from where the last attempt ended, and under its
/// own name only when its hash is right.</summary>
internal sealed class HubDownload(HubHttp http, HubCache cache)
{
    private const int Buffer = 1 << 17;

    /// <summary>Downloads a file, unless it is there.</summary>
    /// <param name="reference">The repository.</param>
    /// <param name="file">The file.</param>
    /// <param name="address">Where it is to be had.</param>
    /// <param name="progress">Told how many of its bytes are here.</param>
    /// <param name="cancellationToken">Ends it; what came is kept.</param>
    /// <exception cref="Graph.Diagnostics.PipelineException">It cannot be had, or its hash is wrong.</exception>
    public async Task RunAsync(
        HubReference reference,
        HubFile file,
        Uri address,
        Action<long> progress,
        CancellationToken cancellationToken
    )
    {
        var blob = cache.Blob(reference, file.Hash);
        if (File.Exists(blob))
        {
            // Nothing is written then: a cache that may only be read is enough.
            progress(file.Size);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        using var turn = await KeyLock.TakeAsync(cache.Lock(reference, file.Hash), () => { }, cancellationToken);
        if (!File.Exists(blob))
        {
            var partial = Partial(blob);
            await ReceiveAllAsync(reference, file, address, partial, progress, cancellationToken);
            var found = await BlobHash.OfAsync(partial, file.Hash, cancellationToken);
            if (found != file.Hash)
            {
                File.Delete(partial);
                throw HubErrors.Damaged(reference, file.Path, found, file.Hash);
            }

            DurableFile.Rename(partial, blob);
        }

        progress(file.Size);
    }

    /// <summary>How many bytes of a file are here.</summary>
    public long Here(HubReference reference, HubFile file)
    {
        var blob = cache.Blob(reference, file.Hash);
        return File.Exists(blob) ? file.Size : Math.Min(Length(Partial(blob)), file.Size);
    }

    private async Task ReceiveAllAsync(
        HubReference reference,
        HubFile file,
        Uri address,
        string partial,
        Action<long> progress,
        CancellationToken cancellationToken
    )
    {
        if (Length(partial) > file.Size)
        {
            File.Delete(partial);
        }

        await using var target = new FileStream(
            partial,
            FileMode.OpenOrCreate,
            FileAccess.Write,
            FileShare.Read,
            bufferSize: 0
        );
        target.Seek(0, SeekOrigin.End);
        for (var attempt = 1; target.Position < file.Size; attempt++)
        {
            var before = target.Position;
            progress(before);
            try
            {
                await ReceiveAsync(reference, file, address, target, progress, cancellationToken);
            }
            catch (Exception e) when (HubHttp.IsCut(e, cancellationToken))
            {
                // What brings something is no failure: only attempts in a row that bring nothing are counted.
                attempt = target.Position > before ? 1 : attempt;
                await http.BackOffAsync(reference, attempt, e, cancellationToken);
            }
        }

        target.Flush(flushToDisk: true);
    }

    private async Task ReceiveAsync(
        HubReference reference,
        HubFile file,
        Uri address,
        FileStream target,
        Action<long> progress,
        CancellationToken cancellationToken
    )
    {
        using var answer = await http.SendAsync(reference, HttpMethod.Get, address, target.Position, cancellationToken);
        var range = answer.Last.Content.Headers.ContentRange;
        if (answer.Last.StatusCode != HttpStatusCode.PartialContent || range?.From != target.Position)
        {
            // The server sends the whole file, or another part of it: what is here cannot be gone on from.
            target.SetLength(0);
            if (answer.Last.StatusCode != HttpStatusCode.OK)
            {
                throw new HttpRequestException("it does not send the part that was asked for");
            }
        }

        await using var body = await answer.Last.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[Buffer];
        while (true)
        {
            using var patience = http.Patience(cancellationToken);
            var read = await body.ReadAsync(buffer, patience.Token);
            if (read == 0)
            {
                break;
            }

            if (target.Position + read > file.Size)
            {
                target.SetLength(0);
                throw HubErrors.Error(
                    HubErrors.Answer,
                    $"{reference.Name}: '{file.Path}' is longer than the {file.Size} bytes that the Hub promised"
                );
            }

            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            progress(target.Position);
        }

        if (target.Position < file.Size)
        {
            throw new HttpRequestException("the connection ended before the file did");
        }
    }

    private static string Partial(string blob) => blob + ".incomplete";

    private static long Length(string file) => File.Exists(file) ? new FileInfo(file).Length : 0;
}
