namespace Finetune.Graph.Documents;

/// <summary>Nodes in words, for messages.</summary>
public static class NodeWords
{
    /// <summary>What a node is: <c>an object</c>, <c>a list</c>, <c>a number</c>, <c>nothing</c> …</summary>
    public static string Describe(Node node) =>
        node switch
        {
            MappingNode => "an object",
            SequenceNode => "a list",
            ScalarNode { Value: null } => "nothing",
            ScalarNode { Value: bool } => "true or false",
            ScalarNode { Value: long or double } => "a number",
            _ => "a string",
        };
}
