using Preceptor.Foundation;
using TorchSharp;

namespace Preceptor.Models;

/// <summary>A module's parameters and buffers as kept state and as a safetensors file, under their published names.</summary>
public sealed class KeptModule(torch.nn.Module module) : IKept
{
    /// <inheritdoc/>
    public void Save(State state)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var (name, tensor) in module.state_dict()) state.Add(name, tensor);
    }

    /// <inheritdoc/>
    public void Restore(State state)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var (name, tensor) in module.state_dict()) state.Read(name, tensor);
    }

    /// <summary>Writes the module to a safetensors file.</summary>
    public void Write(string path)
    {
        var state = new State();
        Save(state);
        state.Write(path);
    }

    /// <summary>Reads the module from a safetensors file that holds exactly its tensors.</summary>
    /// <exception cref="RequestException">The file is damaged or does not fit.</exception>
    public void Read(string path)
    {
        var state = State.Load(path);
        try
        {
            Restore(state);
            state.RequireAllRead();
        }
        catch (WorkException e)
        {
            throw new RequestException($"{path}: {e.Message}", e);
        }
    }
}
