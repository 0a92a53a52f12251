"""The names that people give to things in PyTorch, told apart by their words."""

import re

MODEL = re.compile(
    r"(the_?|my_?|base_?|pretrained_?|target_?|student_?|teacher_?|new_?|old_?|ema_?|trained_?)?"
    r"(model|net|network|nn_?model|module|net_?[gd]|generator|discriminator|gen|disc|encoder|"
    r"decoder|classifier|critic|actor|policy|q_?net\w*|backbone|cnn|rnn|lstm|gru|mlp|bert|"
    r"resnet\d*\w*|vgg\d*\w*|alexnet|densenet\w*|inception\w*|mobilenet\w*|unet|transformer|"
    r"autoencoder|vae|gan|seq2seq|trainer|learner|feature_?extractor)"
    r"(_?\w{0,6}|_model|_net|_ft|_conv)?",
    re.IGNORECASE,
)
CLASS = re.compile(r"[A-Z]\w*")
OPTIMIZER = re.compile(
    r"(\w*_)?(opt|optim|optimi[zs]er|adam|sgd)(_?\w*)?|optimizer\w*", re.IGNORECASE
)
SCHEDULER = re.compile(r"\w*(scheduler|sched|lr_schedul\w*)\w*", re.IGNORECASE)
LOSS = re.compile(
    r"(\w*_)?(criterion|crit|loss_?(fn|func|function|criterion|module)?|lossfn|objective|cost|"
    r"bce|mse|ce|cross_?entropy|mse_loss|bce_loss|nll)(_?\w*)?",
    re.IGNORECASE,
)
LOADER = re.compile(
    r"\w*(loaders?|iterator|iter|batches|_dl|dataloaders?|generator|_gen)\d?", re.IGNORECASE
)
DATASET = re.compile(
    r"\w*(data_?sets?|trainset|testset|valset|train_?ds|_ds|_data|train_?set|test_?set)\d?",
    re.IGNORECASE,
)
LABELS = re.compile(
    r"(\w*_)?(labels?|targets?|y|ys|y_?true|y_?train|y_?test|gt|ground_?truths?|truth|target_?\w*|"
    r"label_?\w*|classes_idx|tgt|trg|actions?|answers?)",
    re.IGNORECASE,
)
IMAGES = re.compile(
    r"(\w*_)?(imgs?|images?|pics?|pictures?|frames?|photo)(_\w+)?\d?", re.IGNORECASE
)
STATE_NAMES = re.compile(r"(\w*_)?(state_?dict|model_dict|\w*trained_dict)")
RECURRENT = re.compile(r"(\w*_)?(lstm|gru|rnn)\w*", re.IGNORECASE)
STATE = re.compile(r"_+|(\w*_)?(h|hx|hn|c|cn|hidden|state|states|hid)(_?(n|t|state|out|new)|\d)?")
GENERATOR = re.compile(r"(\w*_)?(G|gen|generator|net_?g|decoder|dec)", re.IGNORECASE)
# One number for each sample, as reinforcement learning has them.
REWARDS = re.compile(
    r"(\w*_)?(rewards?|advantages?|returns?|dones?|discounts?|log_?probs?|q_?targets?)(_batch|_b|s)?",
    re.IGNORECASE,
)
FLAT = re.compile(
    r"(\w*_)?(scores|accuracies|losses|weights?|values|lengths|probs|rewards|seq_lens)", re.I
)
INDICES = re.compile(r"(\w*_)?(indices|index|idxs?|ids|perm|permutation)", re.I)
MASK = re.compile(r"(\w*_)?mask\w*", re.I)
WRITER = re.compile(r"\w*(writer|logger|pbar|bar)\w*", re.IGNORECASE)
