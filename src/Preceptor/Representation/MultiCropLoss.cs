using Preceptor.Objectives;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>Losses between a student's crops and the two whole ones of a teacher (Caron et al. 2021, eq. 3; Zhou et al. 2022, eqs. 2, 6 and 8).</summary>
internal static class MultiCropLoss
{
    /// <summary>
    /// Half the mean over pairs with a whole crop of the student, half that with its parts; the mean of the former alone if it has no parts. A crop of the student meets the teacher's crop of its own number nowhere.
    /// </summary>
    /// <param name="crops">How many crops the student has; the first two are whole ones.</param>
    /// <param name="ofPair">The loss of the student's crop against the teacher's.</param>
    /// <param name="afterTeacher">Called when a crop of the teacher has met all of the student's.</param>
    private static Tensor OfPairs(int crops, Func<int, int, Tensor> ofPair, Action<int>? afterTeacher = null)
    {
        var (whole, parts) = (new List<Tensor>(), new List<Tensor>());
        for (var teacher = 0; teacher < 2; teacher++)
        {
            for (var student = 0; student < crops; student++)
                if (student != teacher) (student < 2 ? whole : parts).Add(ofPair(student, teacher));
            afterTeacher?.Invoke(teacher);
        }
        var ofWhole = stack([.. whole]).mean();
        return parts.Count == 0 ? ofWhole : 0.5 * (ofWhole + stack([.. parts]).mean());
    }

    /// <summary>
    /// Instance discrimination (InfoNCE; He et al. 2020): −log exp(s·t / τ) / (exp(s·t / τ) + Σ_q exp(s·q / τ)) with earlier keys q as negatives. The teacher's keys of a crop are remembered after that crop,
    /// and no crop of the same step has them as negatives.
    /// </summary>
    /// <param name="student">The student's projections of each crop [B, d].</param>
    /// <param name="teacher">The teacher's of its two [B, d].</param>
    /// <param name="keys">The earlier keys.</param>
    /// <param name="temperature">τ.</param>
    public static Tensor OfInstances(Tensor[] student, Tensor[] teacher, VectorMemory keys, double temperature)
    {
        var earlier = keys.Values.clone().t();
        return OfPairs(student.Length, (s, t) =>
        {
            var own = (student[s] * teacher[t]).sum(1).unsqueeze(1);
            return nn.functional.log_softmax(cat([own, student[s].matmul(earlier)], 1) / temperature, 1).select(1, 0).mean().neg();
        }, t => keys.Add(teacher[t]));
    }

    /// <summary>Group discrimination (DINO): the cross entropy of the student's softmax against the teacher's centred and sharpened one.</summary>
    /// <param name="student">The student's logits of each crop [B, m].</param>
    /// <param name="teacher">The teacher's of its two [B, m].</param>
    /// <param name="centre">The centre of the teacher's logits, which moves afterwards.</param>
    /// <param name="studentTemperature">The student's temperature.</param>
    /// <param name="teacherTemperature">The teacher's.</param>
    public static Tensor OfGroups(Tensor[] student, Tensor[] teacher, GroupCentre centre, double studentTemperature, double teacherTemperature)
    {
        Tensor[] targets = [.. teacher.Select(t => nn.functional.softmax((t - centre.Value) / teacherTemperature, 1))];
        var loss = OfPairs(student.Length, (s, t) => Loss.SoftCrossEntropy(student[s] / studentTemperature, targets[t]));
        centre.Follow(cat(teacher, 0), cat(targets, 0));
        return loss;
    }
}
