using Finetune.Engine.Native;

namespace Finetune.Engine.Tests.Native;

public sealed class CollectionPauseTests
{
    [Fact]
    public void Holders_may_nest_and_end_in_any_order_and_much_may_be_allocated()
    {
        var outer = CollectionPause.Hold();
        var inner = CollectionPause.Hold();
        var kept = new List<byte[]>();
        for (var i = 0; i < 200; i++)
        {
            kept.Add(new byte[1 << 20]);
            CollectionPause.Breathe();
        }

        outer.Dispose();
        outer.Dispose();
        CollectionPause.Breathe();
        inner.Dispose();
        CollectionPause.Breathe();
        Assert.Equal(200, kept.Count);
        GC.Collect();
    }
}
