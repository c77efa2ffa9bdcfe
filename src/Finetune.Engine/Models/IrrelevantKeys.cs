using System.Collections.Frozen;

namespace Finetune.Engine.Models;

/// <summary>
/// Keys of <c>config.json</c> that change no logit of a decoder: names, versions, storage, outputs asked for, decoding
/// defaults of old files, heads of other tasks.
/// </summary>
internal static class IrrelevantKeys
{
    /// <summary>All of them.</summary>
    public static readonly FrozenSet<string> All = FrozenSet.ToFrozenSet(
        [
            // Names, versions, storage.
            "_name_or_path",
            "_attn_implementation",
            "_attn_implementation_autoset",
            "_from_model_config",
            "_commit_hash",
            "architectures",
            "attn_implementation",
            "auto_map",
            "dtype",
            "finetuning_task",
            "is_llama_config",
            "max_sequence_length",
            "model_type",
            "prefix",
            "tokenizer_class",
            "torch_dtype",
            "torchscript",
            "transformers.js_config",
            "transformers_version",
            "unsloth_fixed",
            "unsloth_version",
            "use_bfloat16",
            "use_cache",
            // How weights are drawn, read where a model is initialised.
            "initializer_range",
            // How the same product is split up.
            "pretraining_tp",
            // What else is returned, and memory for time.
            "chunk_size_feed_forward",
            "gradient_checkpointing",
            "output_attentions",
            "output_past",
            "output_hidden_states",
            "return_dict",
            "return_dict_in_generate",
            "output_scores",
            // Token ids: data, not arithmetic (the padding id is read).
            "bos_token_id",
            "decoder_start_token_id",
            "eos_token_id",
            "sep_token_id",
            "unk_token_id",
            // Decoding defaults of old files.
            "bad_words_ids",
            "begin_suppress_tokens",
            "diversity_penalty",
            "do_sample",
            "early_stopping",
            "encoder_no_repeat_ngram_size",
            "exponential_decay_length_penalty",
            "forced_bos_token_id",
            "forced_eos_token_id",
            "length_penalty",
            "max_length",
            "min_length",
            "no_repeat_ngram_size",
            "num_beam_groups",
            "num_beams",
            "num_return_sequences",
            "remove_invalid_values",
            "repetition_penalty",
            "suppress_tokens",
            "temperature",
            "tf_legacy_loss",
            "top_k",
            "top_p",
            "typical_p",
            // Heads of other tasks, roles in other models.
            "_num_labels",
            "classifier_dropout",
            "cross_attention_hidden_size",
            "is_decoder",
            "tie_encoder_decoder",
            "id2label",
            "label2id",
            "num_labels",
            "problem_type",
            "task_specific_params",
        ],
        StringComparer.Ordinal
    );
}
