--- Names that options of training and methods have in other tools, and what to write here: for the
--- messages of mah.base.options.
local rate = "give it to the solver: solver = mah.solver.adam{lr = 0.01}"
local stop = "write stop = 20 for 20 epochs"
local patience = "write stop = mah.stop.no_improvement{patience = 5}, with others in mah.stop.any"

return {
  --- of mah.train
  train = {
    epochs = stop, n_epochs = stop, num_epochs = stop, max_epochs = stop, max_iter = stop,
    lr = rate, learning_rate = rate, learning_rate_init = rate,
    optimizer = "write solver = mah.solver.adam{}", optim = "write solver = mah.solver.adam{}",
    patience = patience, early_stopping = patience,
    callbacks = "write on_epoch = function(s) ... end",
    validation_split = "write validation = 0.1", validation_fraction = "write validation = 0.1",
    validation_data = "write validation = {x = vx, y = vy}",
    random_state = "write seed = 1", alpha = "write l2 = 1e-4", weight_decay = "write l2 = 1e-4",
    loss = "the network has it: mah.mlp{3, {1, \"identity\"}, loss = \"squared_error\"}",
    batchsize = "write batch_size = 200", minibatch = "write batch_size = 200",
  },
  --- of mah.train.find_lr
  find_lr = {
    start_lr = "write from = 1e-7", min_lr = "write from = 1e-7",
    end_lr = "write to = 10", max_lr = "write to = 10",
    num_it = "write steps = 100", num_iter = "write steps = 100",
    num_training = "write steps = 100", epochs = "write steps = 100", stop = "write steps = 100",
    smooth_f = "write smoothing = 0.95 for smooth_f = 0.05", beta = "write smoothing = 0.9",
    diverge_th = "write early_stop_threshold = 4",
    stop_div = "write early_stop_threshold = math.huge for stop_div = False",
    lr = "write from = 1e-7, to = 10", optimizer = "write solver = \"adam\"",
    show_plot = "found:plot() makes the picture",
  },
  --- methods of a network
  network = {
    fit = "train it: mah.train(net, {x = x, y = y}, {stop = 20})",
    train = "train it: mah.train(net, {x = x, y = y}, {stop = 20})",
    predict_proba = "net:forward(x) gives the probabilities",
    parameters = "net.params has them all",
    load = "write net = mah.load \"net.safetensors\"",
  },
  --- of mah.schedule.reduce_on_plateau
  plateau = {
    mode = "write of = \"val_score\" for what is to grow, of = \"val_loss\" for what is to shrink",
    eps = "write epsilon = 1e-8", monitor = "write of = \"val_loss\"",
    min_delta = "write threshold = 1e-4, threshold_mode = \"abs\"",
  },
  --- of mah.schedule's
  restarts = {
    T_0 = "write epochs = 10", T_mult = "write epochs_mult = 2", eta_min = "write min_lr = 1e-5",
    T_max = "write epochs = 10", total_iters = "write epochs = 10",
    base_lr = "it is the solver's lr",
  },
  --- of mah.solver's
  solver = {
    learning_rate = "write lr = 0.01", learning_rate_init = "write lr = 0.01",
    learningRate = "write lr = 0.01", eps = "write epsilon = 1e-8",
    betas = "write beta_1 = 0.9, beta_2 = 0.999", nesterovs_momentum = "write nesterov = true",
    etas = "write eta_minus = 0.5, eta_plus = 1.2",
    step_sizes = "write step_size_min = 1e-6, step_size_max = 50",
    alpha = "penalties are options of mah.train: l2 = 1e-4",
    weight_decay = "penalties are options of mah.train: l2 = 1e-4; mah.solver.adamw{} has its own",
    max_iter = "how long a training goes is an option of mah.train: stop = 20",
    tol = "write gtol = 1e-4",
  },
}
