using System.Text;
using CsCheck;
using Finetune.Stages.Artifacts;

namespace Finetune.Tests.Stages.Artifacts;

public sealed class TokenFileTests
{
    private static readonly string[] s_names = ["ask", "terse \"x\"", "é"];

    private static readonly Gen<TokenExample> s_example =
        from ids in Gen.Int.Array[0, 9]
        from mask in Gen.Bool.Array[ids.Length]
        from line in Gen.Long
        from row in Gen.Long
        from template in Gen.Int[0, 2].Select(i => s_names[i])
        select new TokenExample(ids, mask, line, row, template);

    [Fact]
    public void Examples_come_back_as_written()
    {
        s_example
            .List[0, 12]
            .Sample(
                examples =>
                {
                    using var scratch = new Scratch();
                    Write(scratch["t"], examples);
                    using var file = TokenFile.Open(scratch["t"]);
                    Assert.Equal(examples.Count, file.Count);
                    Assert.Equal(examples.Sum(e => e.InputIds.Length), file.TokenCount);
                    for (var i = 0; i < examples.Count; i++)
                    {
                        Assert.Equivalent(examples[i], file.Example(i), strict: true);
                    }

                    Assert.Equal([scratch["t"]], Directory.GetFiles(scratch.Folder));
                },
                iter: 100,
                threads: 1
            );
    }

    [Fact]
    public void A_writer_that_was_not_completed_leaves_nothing()
    {
        using var scratch = new Scratch();
        using (var writer = TokenFile.Create(scratch["t"]))
        {
            writer.Write(new TokenExample([1], [true], 0, 1, "ask"));
        }

        Assert.Empty(Directory.GetFiles(scratch.Folder));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("longer")]
    [InlineData("header")]
    [InlineData("empty")]
    [InlineData("name")]
    public void Damage_is_found_before_anything_is_read(string damage)
    {
        using var scratch = new Scratch();
        Write(scratch["t"], [new TokenExample([1, 2], [false, true], 0, 1, "ask")]);
        var bytes = File.ReadAllBytes(scratch["t"]);
        byte[] damaged = damage switch
        {
            "cut" => bytes[..^1],
            "longer" => [.. bytes, 0],
            "header" => [255, 255, 255, 255, 255, 255, 255, 127, .. bytes[8..]],
            "empty" => [],
            _ => Encoding.Latin1.GetBytes(
                Encoding.Latin1.GetString(bytes).Replace("input_ids", "input_idz", StringComparison.Ordinal)
            ),
        };
        scratch.Write("t", damaged);
        var e = Assert.Throws<InvalidDataException>(() => TokenFile.Open(scratch["t"]));
        Assert.Contains(scratch["t"], e.Message, StringComparison.Ordinal);
    }

    private static void Write(string path, IEnumerable<TokenExample> examples)
    {
        using var writer = TokenFile.Create(path);
        foreach (var example in examples)
        {
            writer.Write(example);
        }

        writer.Complete();
    }
}
