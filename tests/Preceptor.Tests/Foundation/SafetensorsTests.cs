using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Preceptor.Foundation;
using TorchSharp;

namespace Preceptor.Tests.Foundation;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("safetensors-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_small_file_has_exactly_these_bytes()
    {
        var path = Path.Combine(folder, "golden.safetensors");
        Safetensors.Write(path, [new("flag", StoredArray.Of<byte>([7], 1)), new("weight", StoredArray.Of<float>([1, -2], 1, 2))], [new("format", "pt")]);
        const string header = """{"__metadata__":{"format":"pt"},"weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"flag":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}""";
        Assert.Equal(147, header.Length);
        byte[] expected = [0x98, 0, 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(header), .. "     "u8, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 7];
        Assert.Equal(expected, File.ReadAllBytes(path));
    }

    [Fact]
    public void Every_type_survives_and_starts_at_a_multiple_of_its_size()
    {
        var arrays = new Dictionary<string, StoredArray>
        {
            ["a"] = StoredArray.Of<bool>([true, false, true], 3),
            ["b"] = StoredArray.Of<Half>([(Half)1.5], 1),
            ["c"] = StoredArray.Of<double>([Math.PI, double.NaN], 2, 1),
            ["d"] = StoredArray.Of<float>([0.5f], 1),
            ["empty"] = new("I16", [0, 4], default),
            ["e"] = StoredArray.Of<long>([long.MinValue]),
            ["f"] = StoredArray.Of<int>([1, 2, 3], 3),
            ["g"] = StoredArray.Of<short>([-1], 1),
            ["h"] = StoredArray.Of<sbyte>([-1], 1),
            ["ü \"quoted\""] = StoredArray.Of<byte>([255], 1, 1, 1),
            ["bfloat"] = new("BF16", [1], new byte[] { 0x80, 0x3f }),
        };
        var path = Path.Combine(folder, "types.safetensors");
        Safetensors.Write(path, arrays, [new("k", "v\n")]);
        var file = Safetensors.Read(path);
        Assert.Equal("v\n", Assert.Single(file.Metadata).Value);
        Assert.Equal(arrays.Keys.Order(), file.Arrays.Keys.Order());
        foreach (var (name, array) in arrays)
        {
            Assert.Equal(array.Type, file.Arrays[name].Type);
            Assert.Equal(array.Shape, file.Arrays[name].Shape);
            Assert.Equal(array.Data.ToArray(), file.Arrays[name].Data.ToArray());
        }
        Assert.Equal(["F64", "I64", "F32", "I32"], file.Arrays.Values.Select(a => a.Type).Where(t => t.EndsWith("64", StringComparison.Ordinal) || t.EndsWith("32", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(torch.ScalarType.Float32, "F32")]
    [InlineData(torch.ScalarType.Float64, "F64")]
    [InlineData(torch.ScalarType.Float16, "F16")]
    [InlineData(torch.ScalarType.BFloat16, "BF16")]
    [InlineData(torch.ScalarType.Int64, "I64")]
    [InlineData(torch.ScalarType.Int32, "I32")]
    [InlineData(torch.ScalarType.Int16, "I16")]
    [InlineData(torch.ScalarType.Int8, "I8")]
    [InlineData(torch.ScalarType.Byte, "U8")]
    [InlineData(torch.ScalarType.Bool, "BOOL")]
    public void Tensors_of_every_type_are_copied_out_and_back_also_through_views(torch.ScalarType type, string name)
    {
        using var scope = torch.NewDisposeScope();
        var tensor = torch.tensor([1f, 0, 2, 3, 0, 5], [2, 3]).to(type).t(); // not contiguous
        var stored = StoredArray.Of(tensor);
        Assert.Equal(name, stored.Type);
        Assert.Equal([3, 2], stored.Shape);
        Assert.Equal(tensor.contiguous().bytes.ToArray(), stored.Data.ToArray());
        var view = torch.zeros([2, 3], type).t();
        stored.CopyTo(view, "view");
        Assert.True(view.eq(tensor).all().item<bool>());
    }

    [Fact]
    public void A_parameter_takes_values_and_still_requires_a_gradient()
    {
        using var parameter = new TorchSharp.Modules.Parameter(torch.zeros(2));
        StoredArray.Of<float>([3, 4], 2).CopyTo(parameter, "p");
        Assert.Equal([3f, 4f], parameter.data<float>().ToArray());
        Assert.True(parameter.requires_grad && parameter.is_leaf);
    }

    [Fact]
    public void A_tensor_of_another_shape_or_type_is_refused_with_both_named()
    {
        using var tensor = torch.zeros(2, 3);
        var shape = Assert.Throws<WorkException>(() => StoredArray.Of<float>([1, 2], 2).CopyTo(tensor, "layer.weight"));
        Assert.Equal("layer.weight holds F32 [2], expected Float32 [2, 3]", shape.Message);
        Assert.Throws<WorkException>(() => StoredArray.Of<double>(new double[6], 2, 3).CopyTo(tensor, "layer.weight"));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_beside_it()
    {
        var path = Path.Combine(folder, "kept.safetensors");
        Directory.CreateDirectory(path); // a folder cannot be replaced by a file
        Assert.Throws<WorkException>(() => Safetensors.Write(path, [], []));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder));
        Assert.Throws<WorkException>(() => Safetensors.Write(Path.Combine(folder, "absent", "x"), [], []));
    }

    [Fact]
    public void A_file_is_replaced_whole()
    {
        var path = Path.Combine(folder, "x.safetensors");
        Safetensors.Write(path, [new("long", StoredArray.Of<float>(new float[100], 100))], []);
        Safetensors.Write(path, [new("short", StoredArray.Of<float>([1], 1))], []);
        Assert.Equal(["short"], Safetensors.Read(path).Arrays.Keys);
        Assert.Equal([path], Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void Arrays_that_contradict_themselves_are_not_written()
    {
        var path = Path.Combine(folder, "x.safetensors");
        Assert.Throws<ArgumentException>(() => Safetensors.Write(path, [new("a", new("F32", [2], new byte[4]))], []));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(path, [new("a", new("F31", [1], new byte[4]))], []));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(path, [new("__metadata__", StoredArray.Of<byte>([1], 1))], []));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Theory]
    [InlineData("""[]""", "expected a JSON object")]
    [InlineData("""{"a":1""", "not valid JSON")]
    [InlineData("""{"a":1}""", "tensor 'a' is a number")]
    [InlineData("""{"\ud800":1}""", "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "not valid JSON")]
    [InlineData("""{"__metadata__":{"k":1},"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", "__metadata__ entry 'k' is a number, expected a text")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,8]}}""", "tensor 'a' has no dtype")]
    [InlineData("""{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,8]}}""", "has dtype 'F31', expected one of F32, F64")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "has -2 in shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "has 2.5 in shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "has \"2\" in shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "has 3 data_offsets, expected 2")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "data_offsets [8, 0], expected a rising pair")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "data_offsets [0, 12], expected a rising pair within the 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "has 8 bytes in data_offsets [0, 8], expected 12 for F32 [3]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", "expected more than any file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}""", "has 9223372036854775808 in shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "tensor 'b' starts at byte 0, expected 4: the arrays overlap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "tensor 'b' starts at byte 4, expected 1: the arrays leave a hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "the arrays end at byte 4, but 8 bytes follow")]
    public void A_header_that_lies_is_refused_with_the_file_the_tensor_and_both_values(string header, string part)
    {
        var path = Path.Combine(folder, "lies.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. Encoding.ASCII.GetBytes(header), .. new byte[8]]);
        var fault = Assert.Throws<RequestException>(() => Safetensors.Read(path));
        Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
        Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_a_short_and_a_truncated_file_are_refused()
    {
        var path = Path.Combine(folder, "x.safetensors");
        Assert.Contains("no such file", Assert.Throws<RequestException>(() => Safetensors.Read(path)).Message, StringComparison.Ordinal);
        Assert.Throws<RequestException>(() => Safetensors.Read(folder));
        File.WriteAllBytes(path, [1, 2, 3]);
        Assert.Contains("holds 3 bytes", Assert.Throws<RequestException>(() => Safetensors.Read(path)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes(ulong.MaxValue), 0x7b]);
        Assert.Contains("expected at most 1", Assert.Throws<RequestException>(() => Safetensors.Read(path)).Message, StringComparison.Ordinal);
        var valid = Valid();
        for (var length = 0; length < valid.Length; length++)
        {
            File.WriteAllBytes(path, valid[..length]);
            Assert.Throws<RequestException>(() => Safetensors.Read(path));
        }
    }

    [Fact]
    public void Damaged_bytes_never_do_more_than_fail_the_request()
    {
        var valid = Valid();
        var telling = Encoding.ASCII.GetBytes("0123456789-.eE[]{},:\"\\ u");
        var letter = Gen.Int[0, telling.Length + 7].SelectMany(i => i < telling.Length ? Gen.Const(telling[i]) : Gen.Byte);
        var edit = Gen.Select(Gen.Int[0, valid.Length - 1], letter, Gen.Int[0, 3]); // place, byte, what to do there
        var path = Path.Combine(folder, "fuzz.safetensors");
        var accepted = 0;
        Gen.Select(edit.Array[1, 4], Gen.Bool).Sample((edits, keepLength) =>
        {
            var bytes = valid.ToList();
            foreach (var (place, value, action) in edits)
            {
                var at = Math.Min(place, bytes.Count - 1);
                if (action == 0) bytes.Insert(at, value);
                else if (action == 1 && bytes.Count > 1) bytes.RemoveAt(at);
                else bytes[at] = value;
            }
            // A header length that fits what was inserted takes the damage past the first check.
            var damaged = bytes.ToArray();
            if (keepLength && damaged.Length >= 8) BinaryPrimitives.WriteInt64LittleEndian(damaged, damaged.Length - 8 - DataLength);
            File.WriteAllBytes(path, damaged);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Safetensors.Read(path);
                accepted++;
            }
            catch (RequestException)
            {
                // The only fault allowed.
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        }, iter: 3_000, threads: 1);
        Assert.InRange(accepted, 1, 2_900);
    }

    private const int DataLength = 29;

    private byte[] Valid()
    {
        var path = Path.Combine(folder, "valid.safetensors");
        Safetensors.Write(path, [new("net.weight", StoredArray.Of<float>([1, 2, 3, 4, 5, 6], 2, 3)), new("net.mask", StoredArray.Of<bool>([true, false, true, true, false], 5))], [new("step", "17")]);
        return File.ReadAllBytes(path);
    }
}
