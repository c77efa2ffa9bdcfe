using System.Buffers.Binary;
using System.Text;
using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;

namespace Finetune.Engine.Tests.Checkpoints;

public sealed class SafeTensorsFileTests
{
    [Fact]
    public void What_is_written_is_read_and_bytes_do_not_depend_on_the_order_given()
    {
        using var folder = Scratch.New();
        var a = Path.Combine(folder.Path, "a.safetensors");
        var b = Path.Combine(folder.Path, "b.safetensors");
        TensorToWrite[] tensors =
        [
            new("ids", StoredType.I32, [3], s => s.Write([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0])),
            new("mask", StoredType.U8, [3], s => s.Write([7, 8, 9])),
            new("none", StoredType.F32, [0, 4], _ => { }),
            new("one", StoredType.I64, [], s => s.Write([5, 0, 0, 0, 0, 0, 0, 0])),
        ];
        SafeTensorsWriter.Write(a, tensors, new Dictionary<string, string> { ["y"] = "é", ["x"] = "1" });
        SafeTensorsWriter.Write(
            b,
            tensors.Reverse().ToArray(),
            new Dictionary<string, string> { ["x"] = "1", ["y"] = "é" }
        );

        Assert.Equal(File.ReadAllBytes(a), File.ReadAllBytes(b));
        using var file = SafeTensorsFile.Open(a);
        Assert.Equal("é", file.Metadata["y"]);
        Assert.Equal(4, file.Tensors.Count);
        Assert.Equal([7, 8, 9], file.Bytes(file.Find("mask")!, 0, 3).ToArray());
        Assert.Equal([2, 0, 0, 0], file.Bytes(file.Find("ids")!, 4, 4).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Bytes(file.Find("mask")!, 1, 3).ToArray());
    }

    [SkippableFact]
    public void A_link_is_the_file_it_leads_to()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need a right there");
        using var folder = Scratch.New();
        var blob = Path.Combine(folder.Path, "blob");
        var link = Path.Combine(folder.Path, "model.safetensors");
        SafeTensorsWriter.Write(
            blob,
            [new("mask", StoredType.U8, [3], s => s.Write([7, 8, 9]))],
            new Dictionary<string, string>()
        );
        File.CreateSymbolicLink(link, "blob");

        using (var file = SafeTensorsFile.Open(link))
        {
            Assert.Equal([7, 8, 9], file.Bytes(file.Find("mask")!, 0, 3).ToArray());
        }

        File.Delete(blob);
        Assert.Contains(
            "no such file",
            Assert.Throws<ModelFileException>(() => SafeTensorsFile.Open(link)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "a.shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", 8, "a.shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", 2, "a.dtype")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,2]}}""", 2, "a")]
    [InlineData("""{"a":7}""", 0, "a")]
    [InlineData("""{"__metadata__":{"x":1}}""", 0, "__metadata__")]
    [InlineData("""[]""", 0, "")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""",
        2,
        ""
    )]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""",
        3,
        "b.data_offsets"
    )]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""",
        3,
        "b.data_offsets"
    )]
    [InlineData("""{"a":""", 0, "")]
    public void A_header_is_taken_only_if_every_field_holds(string header, int data, string? field)
    {
        using var folder = Scratch.New();
        var path = Path.Combine(folder.Path, "model.safetensors");
        File.WriteAllBytes(path, Bytes(header, data));

        if (field is null)
        {
            using var file = SafeTensorsFile.Open(path);
            Assert.Single(file.Tensors);
        }
        else
        {
            Assert.Equal(field, Assert.Throws<ModelFileException>(() => SafeTensorsFile.Open(path)).Field ?? "");
        }

        static byte[] Bytes(string header, int data)
        {
            var json = Encoding.UTF8.GetBytes(header);
            var bytes = new byte[8 + json.Length + data];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
            json.CopyTo(bytes, 8);
            return bytes;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(40)]
    public void A_length_beyond_the_file_is_an_error(int size)
    {
        using var folder = Scratch.New();
        var path = Path.Combine(folder.Path, "model.safetensors");
        var bytes = new byte[size];
        bytes.AsSpan().Fill(0xFF);
        File.WriteAllBytes(path, bytes);

        Assert.Throws<ModelFileException>(() => SafeTensorsFile.Open(path));
    }

    [Fact]
    public void A_folder_with_pickled_weights_is_refused_by_name()
    {
        using var folder = TinyModel.Folder();
        File.WriteAllBytes(Path.Combine(folder.Path, "pytorch_model.bin"), [1]);

        var error = Assert.Throws<ModelFileException>(() => ModelFolder.Load(folder.Path));

        Assert.EndsWith("pytorch_model.bin", error.File, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_cannot_point_out_of_its_folder()
    {
        using var folder = TinyModel.Folder();
        File.WriteAllText(
            Path.Combine(folder.Path, "model.safetensors.index.json"),
            """{"weight_map":{"a":"../other.safetensors"}}"""
        );

        Assert.Equal("weight_map.a", Assert.Throws<ModelFileException>(() => ModelFolder.Load(folder.Path)).Field);
    }
}
