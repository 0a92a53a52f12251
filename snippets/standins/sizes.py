"""Names that stand for one number, and the small number that stands in for it."""

import re

# Tried in order on the name in lower case, without what stands before its last dot.
NUMBERS: tuple[tuple[str, str], ...] = (
    (
        (
            r"(num_?|n_?|nb_?|max_?|total_?|training_?)?(epochs|iterations|iters|steps_per_epoch|"
            r"n_iter|itr)"
        ),
        "2",
    ),
    (
        (
            r"(num_|n_|max_|total_)?(updates|episodes|batches|train_steps|num_steps|trials|"
            r"repeats)"
        ),
        "2",
    ),
    (r"(start_?|best_?|last_?|current_?)?(epoch|iteration|it|global_step)", "1"),
    (
        (r"(train_?|test_?|val_?|mini_?|valid_?)?(batch_?size|bs|bsz|batch|n_batch)(_\w+)?"),
        "{batch}",
    ),
    (r"(learning_?rate|lr|base_lr|init_lr|learn_rate|step_size|eta)(_\w+)?", "0.01"),
    (r"(momentum|beta_?1?|decay|gamma|rho|alpha|keep_prob)", "0.9"),
    (r"(weight_decay|wd|l2|\w*lambda\w*|lamb|reg|penalty)", "0.0001"),
    (r"(eps|epsilon|tol|tolerance)", "1e-08"),
    (
        (
            r"(dropout|dropout_\w+|drop_?rate|drop_?prob|p|prob|threshold|thresh|ratio|"
            r"split|temperature|tau|scale|margin|clip|max_norm|grad_clip\w*|clip_value)"
        ),
        "0.5",
    ),
    (r"(num_?|n_?)?(heads|head|nheads?|attention_heads)", "4"),
    (r"(num_?|n_?)?(layers|layer|blocks|stacks|rnn_layers|lstm_layers)|depth", "2"),
    (
        (
            r"(seq_?len|seq_?length|sequence_?length|max_?seq\w*|max_?len\w*|maxlen|time_?steps?|"
            r"n_?steps|num_steps|steps|n_timesteps|look_?back|window(_size)?|block_size|"
            r"max_?words|t|bptt)"
        ),
        "{steps}",
    ),
    (
        (
            r"(vocab_?(size|len)?|n_?vocab|num_?words|max_?features|num_?tokens|ntokens?|"
            r"input_vocab\w*|num_embeddings|vocabulary_?size|vocab\w*size)"
        ),
        "{vocabulary}",
    ),
    (
        (
            r"(d_?model|embed\w*_?(dim|size)|emb_?(dim|size|sz)|encoding_?dim|ninp|latent_?(dim|"
            r"size)?|z_?(dim|size)|nz|code_size|bottleneck|embedding_?(dim|size))"
        ),
        "16",
    ),
    (
        (
            r"(num_?|n_?|nb_?)?(hidden|hid|h)\d?(_?(dim|size|units|nodes|channels|features|"
            r"layer_size))?\d?|nhid|units\d?|h\d|hidden_?\w*"
        ),
        "16",
    ),
    (
        (
            r"(num_?|n_?|nb_?)?(class|classes|labels|categories|outputs?|output_?(dim|"
            r"size|units|features|nodes)|out_?(dim|size|features)|d_?out|action_?(dim|"
            r"size)|num_actions|nclasses|tagset_size)"
        ),
        "{classes}",
    ),
    (
        (
            r"(num_?|n_?|nb_?)?(inputs?|features|input_?(dim|size|features|units|nodes)|"
            r"in_?(dim|size|features)|d_?in|state_?(dim|size)|obs_dim|num_features|feature_?(dim|"
            r"size)|n_in|dim|dims|ndim|data_dim)"
        ),
        "{features}",
    ),
    (r"(input_|in_|num_|n_|img_|image_)?(channels?|chans?|nc|c_in|in_ch)|c", "3"),
    (
        (
            r"(out_?channels?|num_?filters|nb_?filters|filters\d?|ngf|ndf|nf|planes|c_out|"
            r"out_ch)"
        ),
        "8",
    ),
    (
        (
            r"(img_?|image_?|input_?|crop_?)?(height|width|rows|cols|size|h|w|resize|"
            r"sz|side)(_?\d)?"
        ),
        "32",
    ),
    (
        (
            r"(kernel_?size|kernel|filter_?size|filter_?(height|width)|ksize|k|kh|kw|"
            r"pool_?size|patch_?size|fh|fw)"
        ),
        "3",
    ),
    (r"(strides?|dilation|groups|padding|pad|pad_\w+|sh|sw|expansion)", "1"),
    (r"(in|out)_(height|width)", "32"),
    (
        (
            r"(num_?|n_?|nb_?|total_?|size_?)?(samples?|examples|train(_samples)?|test(_samples)?|"
            r"data(_points)?|points|items|rows|images|len\w*|train_size|dataset_size|"
            r"m|n|size|count|total|nsamples)"
        ),
        "20",
    ),
    (r"(random_?)?(seed|state|manual_seed|random_state)", "0"),
    (r"(num_?|n_?)?(workers|gpus?|devices|gpu_ids?|local_rank|rank|gpu_id|device_id)", "0"),
    (
        (
            r"world_size|ngpus\w*|(log|print|save|eval|test|val|report|display)_?(interval|"
            r"every|freq|step|steps)\w*|freq|every|verbose|patience|accumulation_steps|"
            r"accum\w*|grad_acc\w*|multiplier"
        ),
        "1",
    ),
    (
        (
            r"(batch_?)?(idx|index|i|j|ind|step|pos|position|batch_?(idx|i|index|num|"
            r"no)|counter|iter_?num|itr|b|start|offset|first|layer_num|label_idx|class_idx|"
            r"dim|axis|t0)"
        ),
        "0",
    ),
    (
        (
            r"(running|total|best|train|val|test|epoch|avg|mean|min|max|prev|current|"
            r"valid|sum)_?(loss|acc|accuracy|score|correct|error|f1|val_loss|valid_loss|"
            r"cost|corrects)(es)?|accuracy|acc|correct|score|best\w*"
        ),
        "0.0",
    ),
    (
        (
            r"(std|sigma|stddev|mu|mean|var|variance|noise_std|lower|upper|low|high|a|"
            r"b|value|val|weight|factor|coef\w*|const\w*|constant)"
        ),
        "1.0",
    ),
)
ENDINGS: tuple[tuple[str, str], ...] = (
    (r"(valid|val|test)_(size|split)", "0.2"),
    (r"(\w*_)?(loss|acc|accuracy|score|error)(_\w+)?_(min|max|best|so_far)", "0.0"),
    (r"(best|min|max|lowest|highest)_(\w*_)?(loss|acc|accuracy|score|error)", "0.0"),
    (r"d_?[kv]|\w+_(size|dim|units|len|length|width|height)", "8"),
    (r"(num|n|nb|max|total)_\w+", "10"),
    (r"\w+_(rate|ratio|factor|weight|prob)", "0.5"),
)
FLAGS: tuple[tuple[str, str], ...] = (
    (
        (
            r"(use_?|has_?|no_?|with_)?(cuda|gpu|gpus)(_available)?|use_\w+|is_\w+|debug|"
            r"distributed|resume|half|fp16|amp|multi_gpu|parallel|pretrained|feature_extract\w*|"
            r"freeze\w*|download"
        ),
        "False",
    ),
    (r"train|training|shuffle|bias|bidirectional|do_train|load_\w+", "True"),
)

# As likely a tensor: a number only where something wants one.
AMBIGUOUS = re.compile(
    r"(?!num|n_|nb_|max_|total_|in_|out_|d_|(\w*_)?(batch|mini_?batch|vocab|hidden|embed\w*|kernel|"
    r"window|crop|image|img|valid|val|test|train)_?size)(\w*_)?(inputs?|outputs?|features?|labels?|images?|samples?|examples|train|test|data|rows|cols|items|points|"
    r"class|classes|embedd\w*|hidden\w*|state|target|weight|weights|value|val|mean|std|var|total|scale|h|c|b|a|m|n|"
    r"k|w|t|p|x|loss|losses|scores?|probs?|layers?|blocks?|batch|correct|error|mu|sigma|noise|pos|position|"
    r"heads?|size|steps|count|start|first|ratio|train_loss|test_loss|val_loss|input_size|d|z|mask|channels?|c_in)\d?",
    re.IGNORECASE,
)


# Written so, it is a number even where the word alone may be a tensor.
CONSTANT = re.compile(r"[A-Z_]*(SIZE|DIM|LEN|LENGTH|STEPS|EPOCHS|CLASSES|FEATURES|UNITS|FACTOR)")
# Beside `1 - name` it is how much of the one and how much of the other.
SHARE = re.compile(
    r"m|t|tau|alpha|beta\d?|momentum|decay|polyak|lam|ema\w*|rho|gamma", re.IGNORECASE
)
# Never a number, wherever it is handed to.
THINGS = re.compile(
    r"(\w*_)?(data_?sets?|(data_?)?loaders?|ds|device|optimi[zs]er|criterion|models?|net|network)",
    re.IGNORECASE,
)


def number_for(name: str) -> str | None:
    """Return the expression for a name that means a number or a flag, with {places} of a world."""
    lower = name.lower()
    for pattern, value in (*NUMBERS, *FLAGS, *ENDINGS):
        if re.fullmatch(pattern, lower):
            return value
    return None
