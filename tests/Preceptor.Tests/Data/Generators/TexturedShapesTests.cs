using Preceptor.Data;
using Preceptor.Data.Generators;
using Preceptor.Foundation;

namespace Preceptor.Tests.Data.Generators;

public sealed class TexturedShapesTests
{
    private const int Image = 3 * TexturedShapes.Side * TexturedShapes.Side;

    private static byte[] Pixels(Table table) => ((ImageColumn)table.Find("image")!).Pixels;

    [Fact]
    public void Fewer_images_are_the_first_of_more_and_another_seed_gives_others()
    {
        var (few, more, others) = (TexturedShapes.Generate(5, 1), TexturedShapes.Generate(40, 1), TexturedShapes.Generate(5, 2));
        Assert.Equal(Pixels(few.Table), Pixels(more.Table)[..(5 * Image)]);
        Assert.Equal(few.Classes, more.Classes[..5]);
        Assert.NotEqual(Pixels(few.Table), Pixels(others.Table));
    }

    [Fact]
    public void Pixels_are_the_same_on_every_system() => Assert.Equal("574c13dd311b6933", Contents.Hash(Pixels(TexturedShapes.Generate(20, 7).Table)));

    [Fact]
    public void Classes_are_as_frequent_as_each_other_and_words_say_the_same_as_numbers()
    {
        var (table, classes) = TexturedShapes.Generate(2400, 3);
        Assert.Equal(12, classes.Distinct().Count());
        Assert.All(classes.CountBy(c => c), c => Assert.InRange(c.Value, 140, 260));
        var (label, shape) = (table.Find("label")!.Words(), table.Find("shape")!.Words());
        Assert.All(Enumerable.Range(0, 100), i => Assert.EndsWith(shape(i), label(i), StringComparison.Ordinal));
        Assert.Equal(4, Enumerable.Range(0, 100).Select(shape).Distinct().Count());
    }

    [Fact]
    public void A_plain_shape_is_bright_in_its_middle_and_checked_ones_have_more_edges()
    {
        var (table, classes) = TexturedShapes.Generate(600, 5);
        var pixels = Pixels(table);
        double Edges(int image)
        {
            var sum = 0.0;
            for (var y = 8; y < 16; y++)
                for (var x = 8; x < 15; x++) sum += Math.Abs(pixels[image * Image + y * TexturedShapes.Side + x] - pixels[image * Image + y * TexturedShapes.Side + x + 1]);
            return sum;
        }
        double Mean(int texture) => Enumerable.Range(0, 600).Where(i => classes[i] / TexturedShapes.Textures < 2 && classes[i] % TexturedShapes.Textures == texture).Average(Edges);
        Assert.True(Mean(2) > 2 * Mean(0), $"{Mean(2)}, {Mean(0)}");
        Assert.All(Enumerable.Range(0, 600).Where(i => classes[i] == 0), i => Assert.True(pixels[i * Image + 12 * TexturedShapes.Side + 12] > 120));
    }
}
