#:property PublishAot=false
// Makes everything the quickstart's tiny base is pre-trained from, and the quickstart's rows:
//   dotnet run pipelines/tiny/generate.cs
// writes, beside itself and always with the same bytes,
//   ../data/household.csv     requests to a household assistant with their intents
//   ../data/household.jsonl   plain sentences about homes: the pre-training text
//   tokenizer.json, tokenizer_config.json   a byte-level BPE trained on that text
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

const int RowsPerIntent = 72;
const int Paragraphs = 9000;
const int VocabularySize = 1024;

var here = Path.GetDirectoryName(Where())!;
var data = Path.GetFullPath(Path.Combine(here, "..", "data"));
Directory.CreateDirectory(data);

var requests = Requests.Write(RowsPerIntent, new Dice(11));
File.WriteAllText(Path.Combine(data, "household.csv"), "request,intent\n" + string.Concat(requests.Select(r => $"\"{r.Text}\",{r.Intent}\n")));

var stories = Stories.Write(Paragraphs, new Dice(12));
var json = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
File.WriteAllText(Path.Combine(data, "household.jsonl"), string.Concat(stories.Select(s => JsonSerializer.Serialize(new { text = s }, json) + "\n")));

BytePairs.Train(stories, VocabularySize, here);
Console.WriteLine($"{requests.Count} requests, {stories.Count} paragraphs, {stories.Sum(s => s.Length)} characters");

static string Where([CallerFilePath] string path = "") => path;

/// <summary>SplitMix64 (Steele et al. 2014): the same rolls on every machine and runtime.</summary>
sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    public int Below(int n)
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)n);
    }

    /// <summary>Replaces every {slot} by one of its words, inner slots too.</summary>
    public string Fill(string pattern) =>
        Regex.Replace(pattern, @"\{(\w+)\}", m => Fill(Words.Of[m.Groups[1].Value][Below(Words.Of[m.Groups[1].Value].Length)]));

    public string Pick(string[] from) => Fill(from[Below(from.Length)]);
}

static class Words
{
    public static readonly Dictionary<string, string[]> Of = new(StringComparer.Ordinal)
    {
        ["room"] = ["kitchen", "bedroom", "living room", "hallway", "bathroom", "office", "nursery", "garage", "attic", "guest room", "study", "basement"],
        ["lamp"] = ["lights", "lamp", "ceiling light", "reading lamp", "spotlights", "floor lamp", "night light"],
        ["food"] = ["milk", "eggs", "bread", "butter", "rice", "apples", "coffee", "tea", "onions", "tomatoes", "cheese", "pasta", "flour", "olive oil", "bananas", "oat flakes", "carrots", "yoghurt"],
        ["goods"] = ["dish soap", "toilet paper", "light bulbs", "batteries", "bin bags", "toothpaste", "washing powder", "kitchen rolls", "candles"],
        ["dish"] = ["lasagne", "pancakes", "tomato soup", "a lentil curry", "an apple pie", "risotto", "a potato salad", "banana bread", "a vegetable stew", "omelettes", "dumplings", "a mushroom pie"],
        ["clothes"] = ["shirts", "towels", "bed sheets", "socks", "jeans", "wool jumpers", "gym clothes", "curtains", "tea towels", "school clothes"],
        ["plant"] = ["ferns", "basil", "roses", "tomato plants", "orchid", "cactus", "herbs", "flower boxes", "lawn", "lemon tree", "balcony plants"],
        ["music"] = ["jazz", "some piano music", "the radio", "my party playlist", "something calm", "the news podcast", "an audiobook", "old rock songs", "lullabies", "birdsong", "the new album"],
        ["door"] = ["front door", "back door", "garage door", "garden gate", "cellar door", "balcony door", "side entrance"],
        ["floor"] = ["carpet", "kitchen floor", "stairs", "hallway floor", "rug", "living room floor", "floor under the table", "tiles in the bathroom"],
        ["person"] = ["Mara", "Jonas", "Priya", "Tom", "Lena", "Amir", "Grandma", "Noah", "Ines", "Felix", "Aunt Rosa", "Sam"],
        ["small"] = ["two", "three", "four", "five", "six", "eight", "ten", "twelve", "fifteen", "twenty", "thirty", "forty"],
        ["degrees"] = ["eighteen", "nineteen", "twenty", "twenty one", "twenty two", "sixteen"],
        ["colour"] = ["warm", "blue", "red", "soft white", "bright", "orange"],
        ["when"] = ["now", "tonight", "in the morning", "after dinner", "before bed", "at noon", "this evening", "right away", "when we are out", "tomorrow"],
        ["please"] = ["please", "could you", "can you", "would you", "hey,", "I would like you to", "be so kind and"],
        ["weather"] = ["raining", "snowing", "sunny", "windy", "cold", "getting dark", "foggy", "warm"],
        ["pet"] = ["cat", "dog", "rabbit", "parrot"],
        ["feel"] = ["tired", "happy", "hungry", "cold", "busy", "glad", "sleepy", "bored"],
    };
}

static class Requests
{
    private static readonly (string Intent, string[] Patterns)[] Intents =
    [
        ("adjust lighting", ["turn on the {lamp} in the {room}", "switch off the {lamp}", "dim the {lamp} in the {room} {when}", "make it {colour} in the {room}", "I can not see a thing in the {room}", "it is too dark in the {room}", "it is far too bright in here, my eyes hurt", "set the {lamp} to {colour}", "leave the {lamp} on for {person}", "no one needs the {lamp} in the {room} {when}"]),
        ("adjust heating", ["set the {room} to {degrees} degrees", "it is freezing in the {room}", "turn the heating down {when}", "{person} is shivering in the {room}", "make the {room} warmer {when}", "it is far too hot in the {room}", "warm up the {room} before we get up", "lower the radiator in the {room}", "the baby needs {degrees} degrees in the {room}", "stop heating the {room} {when}"]),
        ("set timer", ["set a timer for {small} minutes", "wake me up in {small} minutes", "tell me when {small} minutes are over", "remind me in {small} minutes to take the pie out", "count down {small} minutes for the {food}", "let me know when the {food} had {small} minutes", "ring after {small} minutes {when}", "how long until the alarm, add {small} minutes", "give me {small} minutes and then beep"]),
        ("add to shopping list", ["we are out of {food}", "put {food} on the list", "add {goods} and {food}", "buy {food} {when}", "there is no {goods} left", "{person} used up the last {food}", "I need {food} for the {room}", "do not forget {goods} at the shop", "write down {food} and {goods}", "we will need more {goods} {when}"]),
        ("play music", ["play {music} in the {room}", "put on {music} {when}", "I want to hear {music}", "{person} wants to listen to {music}", "turn up {music}", "skip this song and play {music}", "start {music} in the {room} {when}", "something with a good beat for the {room}", "let {music} run until {person} sleeps"]),
        ("start cleaning", ["vacuum the {floor}", "the {floor} is full of crumbs", "mop the {floor} {when}", "send the robot to the {room}", "the {pet} left hair all over the {floor}", "clean the {room} {when}", "there is dust everywhere in the {room}", "wipe up the mess on the {floor}", "{person} spilled {food} on the {floor}"]),
        ("do laundry", ["wash the {clothes} {when}", "start the machine with the {clothes}", "the {clothes} are dirty again", "dry the {clothes}", "run a gentle cycle for the {clothes}", "{person} has no clean {clothes} left", "put the {clothes} in at {small} degrees", "the basket is full of {clothes}", "spin the {clothes} once more"]),
        ("lock or open door", ["lock the {door}", "open the {door} for {person}", "is the {door} shut", "close the {door} {when}", "{person} stands at the {door}, let them in", "keep the {door} locked {when}", "I forgot to lock the {door}", "let the {pet} out through the {door}", "who left the {door} open"]),
        ("find recipe", ["how do I make {dish}", "find a recipe for {dish}", "what can I cook with {food} and {food}", "I want to bake {dish} {when}", "show me how {person} makes {dish}", "an idea for dinner with {food}", "how much {food} goes into {dish}", "which spices go with {dish}", "read me the steps for {dish}"]),
        ("water plants", ["water the {plant} {when}", "the {plant} look dry", "give the {plant} some water", "the leaves of the {plant} are hanging", "turn on the sprinkler for the {plant}", "do not let the {plant} dry out {when}", "the {plant} in the {room} need a drink", "{person} asks you to take care of the {plant}", "the soil of the {plant} is like dust"]),
    ];

    private static readonly string[] Frames = ["{0}", "{0}", "{0}", "{please} {0}", "{0} please", "hello, {0}", "{0}, thank you", "so, {0}", "oh no, {0}"];

    public static List<(string Text, string Intent)> Write(int each, Dice dice)
    {
        var rows = new List<(string Text, string Intent)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (intent, patterns) in Intents)
        {
            for (var n = 0; n < each;)
            {
                var text = dice.Fill(Frames[dice.Below(Frames.Length)].Replace("{0}", patterns[(n + dice.Below(2)) % patterns.Length]));
                if (seen.Add(text))
                {
                    rows.Add((text, intent));
                    n++;
                }
            }
        }

        // Fisher-Yates, so that the file reads like a log and not like a table of intents.
        for (var i = rows.Count - 1; i > 0; i--)
        {
            var j = dice.Below(i + 1);
            (rows[i], rows[j]) = (rows[j], rows[i]);
        }

        return rows;
    }
}

static class Stories
{
    private static readonly string[] Sentences =
    [
        "{person} turned on the {lamp} in the {room} because it was getting dark.", "The {lamp} in the {room} was too bright, so {person} dimmed it.", "A {colour} light fell into the {room}.",
        "It was {weather} outside, and the {room} was cold.", "{person} set the heating in the {room} to {degrees} degrees.", "The radiator in the {room} was warm again after {small} minutes.",
        "{person} looked at the clock and waited {small} minutes.", "The timer rang after {small} minutes, and the {food} was ready.", "\"Wake me in {small} minutes,\" said {person}, who was {feel}.",
        "{person} went to the shop and bought {food}, {food} and {goods}.", "There was no {food} left, so {person} wrote it on the shopping list.", "On the list stood {food} and {goods}.",
        "In the evening {person} listened to {music}.", "{person} played {music} in the {room}, and {person} danced.", "The song was over, and {person} asked for {music}.",
        "The {floor} was full of crumbs, so {person} took the vacuum cleaner.", "The {pet} slept on the {floor}.", "{person} mopped the {floor} and cleaned the {room}.",
        "{person} washed the {clothes} and hung them up in the {room}.", "The washing machine was full of {clothes}.", "The {clothes} were dry by noon, and {person} folded them.",
        "{person} locked the {door} and went to bed.", "Someone stood at the {door}, and the {pet} ran to it.", "{person} opened the {door} for {person}.",
        "{person} cooked {dish} with {food} and {food}.", "For {dish} you need {food}, {food} and a little {food}.", "The recipe for {dish} was in an old book.",
        "{person} watered the {plant} {when}.", "The {plant} in the {room} were dry, so {person} gave them some water.", "After {small} days the {plant} had new leaves.",
        "\"Could you close the {door}?\" asked {person}.", "\"I am {feel},\" said {person}. \"Let us go to the {room}.\"", "{person} was {feel} and sat down in the {room}.",
        "Question: what is in the {room}? Answer: a {pet} and a {lamp}.", "Question: who is {feel}? Answer: {person} is {feel}.", "Question: what do we need for {dish}? Answer: {food} and {food}.",
        "Request: clean the {room}. Reply: I will do that {when}.", "Request: buy {food}. Reply: {food} is on the list now.", "Note to {person}: the {clothes} are in the {room}.",
    ];

    public static List<string> Write(int count, Dice dice)
    {
        var paragraphs = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            var sentences = 1 + dice.Below(4);
            paragraphs.Add(string.Join(' ', Enumerable.Range(0, sentences).Select(_ => dice.Pick(Sentences))));
        }

        return paragraphs;
    }
}

/// <summary>Byte-level BPE (Sennrich et al. 2016, on bytes as in GPT-2), written as tokenizer.json.</summary>
static class BytePairs
{
    private const string End = "<|endoftext|>";

    public static void Train(IReadOnlyList<string> texts, int size, string folder)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            foreach (Match word in Regex.Matches(text, @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant))
            {
                counts[word.Value] = counts.GetValueOrDefault(word.Value) + 1;
            }
        }

        var letters = Letters();
        var words = counts.Select(c => (Parts: Encoding.UTF8.GetBytes(c.Key).Select(b => letters[b]).ToList(), Count: c.Value)).ToList();
        var vocabulary = new List<string> { End };
        vocabulary.AddRange(letters.Order(StringComparer.Ordinal));
        var merges = new List<(string Left, string Right)>();
        while (vocabulary.Count < size)
        {
            var pairs = new Dictionary<(string, string), int>();
            foreach (var (parts, count) in words)
            {
                for (var i = 1; i < parts.Count; i++)
                {
                    pairs[(parts[i - 1], parts[i])] = pairs.GetValueOrDefault((parts[i - 1], parts[i])) + count;
                }
            }

            if (pairs.Count == 0)
            {
                break;
            }

            var (left, right) = pairs.OrderByDescending(p => p.Value).ThenBy(p => p.Key.Item1, StringComparer.Ordinal).ThenBy(p => p.Key.Item2, StringComparer.Ordinal).First().Key;
            merges.Add((left, right));
            vocabulary.Add(left + right);
            foreach (var (parts, _) in words)
            {
                for (var i = 1; i < parts.Count; i++)
                {
                    if (parts[i - 1] == left && parts[i] == right)
                    {
                        parts[i - 1] = left + right;
                        parts.RemoveAt(i);
                    }
                }
            }
        }

        var options = new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        var tokenizer = new Dictionary<string, object?>
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new object[] { new { id = 0, content = End, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true } },
            ["normalizer"] = null,
            ["pre_tokenizer"] = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
            ["post_processor"] = new { type = "ByteLevel", add_prefix_space = true, trim_offsets = false, use_regex = true },
            ["decoder"] = new { type = "ByteLevel", add_prefix_space = true, trim_offsets = true, use_regex = true },
            ["model"] = new
            {
                type = "BPE",
                dropout = (object?)null,
                unk_token = (object?)null,
                continuing_subword_prefix = (object?)null,
                end_of_word_suffix = (object?)null,
                fuse_unk = false,
                byte_fallback = false,
                ignore_merges = false,
                vocab = vocabulary.Select((token, id) => (token, id)).ToDictionary(v => v.token, v => v.id),
                merges = merges.Select(m => new[] { m.Left, m.Right }),
            },
        };
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), JsonSerializer.Serialize(tokenizer, options) + "\n");
        var config = new Dictionary<string, object?>
        {
            ["tokenizer_class"] = "GPT2Tokenizer",
            ["bos_token"] = End,
            ["eos_token"] = End,
            ["pad_token"] = null,
            ["unk_token"] = null,
            ["add_bos_token"] = false,
            ["add_prefix_space"] = false,
            ["clean_up_tokenization_spaces"] = false,
            ["model_max_length"] = 256,
        };
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), JsonSerializer.Serialize(config, options) + "\n");
    }

    /// <summary>GPT-2's printable stand-ins for bytes.</summary>
    private static string[] Letters()
    {
        var next = 256;
        return [.. Enumerable.Range(0, 256).Select(b => ((b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE) ? (char)b : (char)next++).ToString(CultureInfo.InvariantCulture))];
    }
}
