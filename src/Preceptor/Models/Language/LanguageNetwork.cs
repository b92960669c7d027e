using Preceptor.Foundation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>
/// A transformer over tokens with an output for each: embeddings, layers, logits. A decoder is one stack; an encoder–decoder has two that share the embedding.
/// Names of a decoder's parameters are those of Hugging Face's Qwen2.
/// </summary>
[Version(1)]
public sealed class LanguageNetwork : nn.Module
{
    private readonly TransformerStack? model, encoder, decoder;
    private readonly Embedding? embed_tokens;
    private readonly nn.Module<Tensor, Tensor>? lm_head;

    /// <summary>Creates it with torch's present generator.</summary>
    /// <param name="options">The options.</param>
    /// <param name="vocabulary">How many tokens there are.</param>
    /// <exception cref="RequestException">The options do not fit each other.</exception>
    public LanguageNetwork(TransformerOptions options, int vocabulary) : base(nameof(LanguageNetwork))
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        (Options, Vocabulary) = (options, vocabulary);
        if (options.Architecture == LanguageArchitecture.Decoder)
        {
            model = new(options, vocabulary);
            register_module("model", model);
        }
        else
        {
            embed_tokens = Initial.Embedding(vocabulary, options.Width, options.InitialDeviation);
            encoder = new(options, 0);
            decoder = new(options, 0, hasMemory: true);
            register_module("embed_tokens", embed_tokens);
            register_module("encoder", encoder);
            register_module("decoder", decoder);
        }
        if (options.Tied) return;
        lm_head = options.QuantisedBits > 0 ? new QuantisedLinear(options.Width, vocabulary, false, 8) : TransformerStack.Linear(options, options.Width, vocabulary, false);
        register_module("lm_head", lm_head);
    }

    /// <summary>Its options.</summary>
    public TransformerOptions Options { get; }

    /// <summary>How many tokens there are.</summary>
    public int Vocabulary { get; }

    /// <summary>Token vectors [B, T, D] of ids [B, T] of 64-bit.</summary>
    public Tensor Embed(Tensor ids) => model?.Embed(ids) ?? embed_tokens!.forward(ids);

    /// <summary>The last layer's features [B, T, D] of ids [B, T]; of the decoder, where there is an encoder as well.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="pass">What they may attend to.</param>
    public Tensor Features(Tensor ids, TransformerPass pass) => Features(Embed(ids), pass, null);

    /// <summary>The last layer's features [B, T, D] of token vectors [B, T, D], which need not be any token's.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="pass">What they may attend to.</param>
    public Tensor FeaturesOf(Tensor vectors, TransformerPass pass) => Features(vectors, pass, null);

    /// <summary>What the encoder makes of ids [B, M]: [B, M, D].</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="real">Which are real [B, M]; null: all.</param>
    public Tensor Encode(Tensor ids, Tensor? real) => encoder!.Forward(Embed(ids), TransformerPass.Bidirectional with { Real = real });

    /// <summary>Logits [B, T, V] of features [B, T, D].</summary>
    public Tensor Logits(Tensor features)
    {
        if (lm_head is not null) return lm_head.forward(features);
        if (model?.QuantisedTokens is { } rounded) return QuantisedLinear.Multiply(rounded, features);
        using var weight = model?.Tokens ?? embed_tokens!.weight!;
        return nn.functional.linear(features, weight);
    }

    /// <summary>The matrices that are rounded to few bits, by the names that their weights would have.</summary>
    internal IReadOnlyDictionary<string, QuantisedMatrix> Quantised()
    {
        var all = named_modules().Where(m => m.module is QuantisedLinear).ToDictionary(m => m.name + ".weight", m => ((QuantisedLinear)m.module).Weights);
        if (model?.QuantisedTokens is { } tokens) all.Add("model.embed_tokens.weight", tokens);
        return all;
    }

    /// <summary>The features, and what enters each layer.</summary>
    internal Tensor Features(Tensor vectors, TransformerPass pass, Action<int, Tensor>? watch) => (model ?? decoder!).Forward(vectors, pass, watch);

    /// <summary>A network of the same weights, drawn with torch's present generator where it has adapters and this has none; then nothing else learns.</summary>
    /// <param name="rank">The rank of adapters; 0 for none.</param>
    /// <param name="alpha">Their α.</param>
    /// <param name="tokens">How many tokens it is to know; rows of those that this one does not know stay as they were drawn.</param>
    internal LanguageNetwork Copy(int rank = 0, double alpha = 16, int tokens = 0)
    {
        var copy = new LanguageNetwork(Options.Plain() with { AdapterRank = rank, AdapterAlpha = alpha }, Math.Max(Vocabulary, tokens));
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var from = state_dict();
        foreach (var (name, parameter) in copy.named_parameters())
        {
            using var merged = NewDisposeScope(); // of one matrix at a time: all together are as large as the network
            if (from.TryGetValue(name, out var weights)) parameter.narrow(0, 0, weights.shape[0]).copy_(Merged(from, name, weights));
            if (rank > 0) parameter.requires_grad = name.EndsWith(".lora_A", StringComparison.Ordinal) || name.EndsWith(".lora_B", StringComparison.Ordinal);
        }
        // What answers goes on without dropout.
        copy.train(training);
        return copy;
    }

    /// <summary>A network of the same weights that knows more tokens, drawn with torch's present generator.</summary>
    /// <param name="vocabulary">How many tokens it knows.</param>
    internal LanguageNetwork Widened(int vocabulary)
    {
        var wide = new LanguageNetwork(Options.Plain(), vocabulary);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var from = state_dict();
        foreach (var (name, parameter) in wide.named_parameters()) parameter.narrow(0, 0, from[name].shape[0]).copy_(from[name]);
        return wide;
    }

    private Tensor Merged(Dictionary<string, Tensor> from, string name, Tensor weights) =>
        name.EndsWith(".weight", StringComparison.Ordinal) && from.TryGetValue(name[..^"weight".Length] + "lora_A", out var a)
            ? AdaptedLinear.Merge(weights, a, from[name[..^"weight".Length] + "lora_B"], Options.AdapterAlpha / Options.AdapterRank) : weights;

    /// <summary>The mean row [D] of the output layer.</summary>
    internal float[] MeanOutput()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return (lm_head as Linear)?.weight!.mean([0]).data<float>().ToArray() ?? (model?.Tokens ?? embed_tokens!.weight!).mean([0]).data<float>().ToArray();
    }

    /// <summary>Its weights by their names.</summary>
    internal IReadOnlyDictionary<string, float[]> Weights()
    {
        using var scope = NewDisposeScope();
        return state_dict().ToDictionary(p => p.Key, p => p.Value.contiguous().data<float>().ToArray());
    }
}
