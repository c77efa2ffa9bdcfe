using Finetune.Graph.Caching;

namespace Finetune.Tests.Graph.Caching;

public sealed class FileDigestsTests
{
    private const int Big = 17 << 20;

    [SkippableFact]
    public void A_link_to_a_big_file_is_remembered_by_the_file_behind_it()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need a right there");
        using var folder = new Cli.EmptyFolder();
        string At(string name) => Path.Combine(folder.Path, name);
        var old = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        void Write(string name, byte fill)
        {
            var bytes = new byte[Big];
            Array.Fill(bytes, fill);
            File.WriteAllBytes(At(name), bytes);
            File.SetLastWriteTimeUtc(At(name), old);
        }

        Write("one", 1);
        Write("two", 2);
        File.CreateSymbolicLink(At("link"), "one");
        var digests = new FileDigests(At("digests.json"), TimeProvider.System);
        Assert.Equal(ContentHash.OfFile(At("one")), digests.Of(At("link")));

        digests.Save(folder.Path);
        Assert.Contains(At("one"), File.ReadAllText(At("digests.json")), StringComparison.Ordinal);
        File.Delete(At("link"));
        File.CreateSymbolicLink(At("link"), "two");
        Assert.Equal(ContentHash.OfFile(At("two")), digests.Of(At("link")));
    }
}
