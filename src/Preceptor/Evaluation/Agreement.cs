namespace Preceptor.Evaluation;

/// <summary>How often a student answers as its teacher does, where that is right and where it is wrong (Burns et al. 2023, section 5): the second is imitation.</summary>
/// <param name="RightRows">Rows that the teacher answers right.</param>
/// <param name="AgreedRight">Of those, the ones on which the student agrees, and so is right as well.</param>
/// <param name="WrongRows">Rows that the teacher answers wrong.</param>
/// <param name="AgreedWrong">Of those, the ones on which the student repeats the mistake.</param>
/// <param name="Corrected">Of those, the ones that the student answers right.</param>
public sealed record Agreement(int RightRows, int AgreedRight, int WrongRows, int AgreedWrong, int Corrected)
{
    /// <summary>Of the rows that the teacher answers right, the share on which the student agrees; NaN if there are none.</summary>
    public double WhereRight => (double)AgreedRight / RightRows;

    /// <summary>Of the rows that the teacher answers wrong, the share on which the student agrees; NaN if there are none.</summary>
    public double WhereWrong => (double)AgreedWrong / WrongRows;

    /// <summary>Of the rows that the teacher answers wrong, the share that the student answers right; NaN if there are none.</summary>
    public double CorrectedShare => (double)Corrected / WrongRows;

    /// <summary>Compares answers.</summary>
    /// <param name="teacher">The teacher's scores on some rows.</param>
    /// <param name="student">The student's on the same rows.</param>
    public static Agreement Of(ClassificationScores teacher, ClassificationScores student)
    {
        int rightRows = 0, agreedRight = 0, agreedWrong = 0, corrected = 0;
        for (var row = 0; row < teacher.Items; row++)
        {
            var agrees = teacher.Predictions[row] == student.Predictions[row];
            if (teacher.Right[row] == 1) (rightRows, agreedRight) = (rightRows + 1, agreedRight + (agrees ? 1 : 0));
            else (agreedWrong, corrected) = (agreedWrong + (agrees ? 1 : 0), corrected + (int)student.Right[row]);
        }
        return new(rightRows, agreedRight, teacher.Items - rightRows, agreedWrong, corrected);
    }

    /// <summary>All rows of two together, such as of two seeds.</summary>
    public static Agreement operator +(Agreement first, Agreement second) => new(first.RightRows + second.RightRows, first.AgreedRight + second.AgreedRight,
        first.WrongRows + second.WrongRows, first.AgreedWrong + second.AgreedWrong, first.Corrected + second.Corrected);
}
