using Finetune.Engine.Native;

namespace Finetune.Engine.Tests.Native;

public sealed class BlockMapTests
{
    private const int Length = 1 << 22;
    private const int Rest = (16 << 10) + BlockMap.Alignment;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Blocks_lie_apart_and_lowest_and_all_is_given_back(int seed)
    {
        var random = new Random(seed);
        var map = new BlockMap(Length);
        var blocks = new List<(long Start, long Size)>();
        long refused = 0;
        for (var i = 0; i < 4000; i++)
        {
            if (blocks.Count > 0 && random.Next(100) < 48)
            {
                var which = random.Next(blocks.Count);
                map.Give(blocks[which].Start);
                blocks.RemoveAt(which);
                continue;
            }

            var size = 1 + random.NextInt64(random.Next(2) == 0 ? 40_000 : 400_000);
            var lowest = Lowest(blocks, size);
            // What is left of a place and is small belongs to the block: there is a little less room than beside the sizes alone.
            var surely = Lowest([.. blocks.Select(b => (b.Start, b.Size + Rest))], size);
            var start = map.Take(size);
            if (start < 0)
            {
                refused++;
                Assert.Null(surely);
            }
            else
            {
                Assert.Equal(0, start % BlockMap.Alignment);
                Assert.InRange(start, lowest!.Value, surely ?? Length - size);
                Assert.DoesNotContain(blocks, b => start < b.Start + b.Size && b.Start < start + size);
                Assert.InRange(map.Highest, start + size, Length);
                blocks.Add((start, size));
            }

            Assert.InRange(map.Taken, blocks.Sum(b => b.Size), blocks.Sum(b => b.Size + Rest));
        }

        Assert.NotEqual(0, refused);
        foreach (var (start, _) in blocks)
        {
            map.Give(start);
        }

        Assert.Equal(0, map.Taken);
        Assert.Equal(0, map.Take(Length));
        Assert.Equal(-1, map.Take(1));
    }

    [Fact]
    public void What_comes_and_goes_takes_the_same_place()
    {
        var map = new BlockMap(Length);
        var below = map.Take(100_000);
        for (var i = 0; i < 10; i++)
        {
            var (first, second) = (map.Take(200_000), map.Take(300_000));
            map.Give(first);
            map.Give(second);
        }

        Assert.Equal(0, below);
        Assert.InRange(map.Highest, 600_000, 600_000 + 3 * BlockMap.Alignment);
    }

    [Fact]
    public void What_is_not_taken_cannot_be_given_back()
    {
        var map = new BlockMap(Length);
        var start = map.Take(100_000);
        Assert.Throws<ArgumentException>(() => map.Give(start + 64));
        map.Give(start);
        Assert.Throws<ArgumentException>(() => map.Give(start));
    }

    // The lowest multiple of the alignment with room before the next block.
    private static long? Lowest(List<(long Start, long Size)> blocks, long size)
    {
        long at = 0;
        foreach (var (start, length) in blocks.OrderBy(b => b.Start))
        {
            if (at + size <= start)
            {
                return at;
            }

            at = (start + length + BlockMap.Alignment - 1) / BlockMap.Alignment * BlockMap.Alignment;
        }

        return at + size <= Length ? at : null;
    }
}
