using Finetune.Stages.Hub;

namespace Finetune.Tests.Stages.Hub;

public sealed class HubReferenceTests
{
    [Theory]
    [InlineData("hub:org/name", "hub:org/name@main")]
    [InlineData("hub:gpt2@refs/pr/12", "hub:gpt2@refs/pr/12")]
    [InlineData("hub:org/name.v1_2-x@v1.0+a", "hub:org/name.v1_2-x@v1.0+a")]
    [InlineData("hub-dataset:org/name@refs/convert/parquet", "hub-dataset:org/name@refs/convert/parquet")]
    public void What_the_hub_can_have_is_read(string written, string name) =>
        Assert.Equal(name, HubReference.Parse(written)!.Name);

    [Theory]
    [InlineData("hub:")]
    [InlineData("hub:/name")]
    [InlineData("hub:a/b/c")]
    [InlineData("hub:../name")]
    [InlineData("hub:org/..")]
    [InlineData("hub:org/a--b")]
    [InlineData("hub:org/name@")]
    [InlineData("hub:org/name@../../x")]
    [InlineData("hub:org/name@/etc")]
    [InlineData("hub:org/name@a b")]
    [InlineData("hub:org/name@.git")]
    [InlineData("hub:org/na me")]
    [InlineData("folder/model")]
    public void What_it_cannot_have_or_what_climbs_is_not(string written) => Assert.Null(HubReference.Parse(written));

    [Fact]
    public void The_variables_of_python_are_read_as_python_reads_them()
    {
        static HubEnvironment Of(params (string Name, string Value)[] set) =>
            HubEnvironment.Of(n => set.FirstOrDefault(s => s.Name == n).Value);

        var root = Path.GetFullPath("/user");
        string At(params string[] parts) => Path.Combine([root, .. parts]);
        Assert.Equal(At(".cache", "huggingface", "hub"), Of(("HOME", root)).CacheFolder);
        Assert.Equal(At("x", "huggingface", "hub"), Of(("HOME", root), ("XDG_CACHE_HOME", At("x"))).CacheFolder);
        Assert.Equal(At("hf", "hub"), Of(("HOME", root), ("HF_HOME", "~/hf")).CacheFolder);
        Assert.Equal(At("c", "d"), Of(("HF_HUB_CACHE", "$BASE/c/${D}"), ("BASE", root), ("D", "d")).CacheFolder);
        Assert.Equal("https://huggingface.co/", Of(("HOME", root)).Endpoint.ToString());
        Assert.Equal("http://mirror/hf/", Of(("HOME", root), ("HF_ENDPOINT", "http://mirror/hf/")).Endpoint.ToString());
        Assert.Equal("hf_a", Of(("HOME", root), ("HF_TOKEN", " hf_a\n")).Token);
        Assert.Null(Of(("HOME", root), ("HF_TOKEN", "hf_a"), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")).Token);
        Assert.True(Of(("HOME", root), ("HF_HUB_OFFLINE", "yes")).Offline);
        Assert.False(Of(("HOME", root), ("HF_HUB_OFFLINE", "0")).Offline);
    }

    [Fact]
    public void The_token_of_the_login_is_found()
    {
        using var bench = new HubBench();
        File.WriteAllText(Path.Combine(bench.Root, "token"), "hf_file\n");

        Assert.Equal("hf_file", HubEnvironment.Of(n => n == "HF_HOME" ? bench.Root : null).Token);
    }
}
