namespace Finetune.Stages.Compilation;

/// <summary>The codes of what compilation finds; the first digit is the area, 1–3 in the second is compilation's.</summary>
internal static class Codes
{
    public const string UnknownKey = "FT1101";
    public const string MissingKey = "FT1102";
    public const string WrongType = "FT1103";
    public const string NoValue = "FT1104";
    public const string OutOfBounds = "FT1105";
    public const string UnknownWord = "FT1106";
    public const string WrongShape = "FT1107";
    public const string Empty = "FT1108";
    public const string BadName = "FT1109";
    public const string NotAvailable = "FT1110";

    public const string UnknownSource = "FT1201";
    public const string UnknownTemplate = "FT1202";
    public const string UnknownColumn = "FT1203";
    public const string Repeated = "FT1204";
    public const string Exclusive = "FT1205";
    public const string Meaningless = "FT1206";
    public const string Unused = "FT1207";

    public const string NoSuchPath = "FT1301";
    public const string GlobWithoutMatch = "FT1302";
    public const string UnknownFormat = "FT1303";

    public const string UnreadableTable = "FT2101";
    public const string ColumnTwice = "FT2102";

    public const string TemplateSyntax = "FT3101";
    public const string TemplateColumn = "FT3102";
    public const string AnswerNotWritten = "FT3103";
    public const string AnswerMissing = "FT3104";
    public const string Conversation = "FT3105";
    public const string PairMissing = "FT3106";

    public const string Fractions = "FT4101";
    public const string NoTrainingRows = "FT4102";
    public const string NoValidationRows = "FT4103";
    public const string NoTestRows = "FT4104";

    public const string ModelFiles = "FT7101";
    public const string PickledWeights = "FT7102";
    public const string UnknownBuiltIn = "FT7103";
    public const string AdapterFiles = "FT7104";
    public const string LongerThanModel = "FT7105";
    public const string UnknownFamily = "FT7106";
    public const string NoChatTemplate = "FT7107";
    public const string NoPlaceInFormat = "FT7108";
    public const string ShorterContext = "FT7109";

    public const string HubReference = "FT7110";

    public const string RequirementSyntax = "FT8101";
    public const string UnknownMetric = "FT8102";
    public const string NothingTrained = "FT8103";
    public const string Sampling = "FT8104";
}
