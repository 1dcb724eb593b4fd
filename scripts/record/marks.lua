--- What others reached on MNIST with multi-layer perceptrons: test error in percent.
---
---     for _, mark in ipairs(marks.deformed) do print(mark.error, mark.network, mark.source) end
return {
  deformed = {
    { error = 0.35, network = "784-2500-2000-1500-1000-500-10, elastic and affine",
      source = "Ciresan 2010" },
    { error = 0.70, network = "784-800-10, elastic", source = "Simard 2003" },
    { error = 1.1, network = "784-800-10, affine", source = "Simard 2003" },
  },
  plain = {
    { error = 0.57, network = "784-1000-500-250-250-250-10, ladder network",
      source = "Rasmus 2015" },
    { error = 0.80, network = "the same, batch norm and noise alone", source = "Rasmus 2015" },
    { error = 0.95, network = "784-8192-8192-10, dropout and max-norm",
      source = "Srivastava 2014" },
    { error = 1.6, network = "784-800-10, no tricks", source = "Simard 2003" },
  },
  sources = {
    ["Ciresan 2010"] = "Ciresan, Meier, Gambardella and others: Deep, big, simple neural nets "
      .. "for handwritten digit recognition. Neural Computation 22 (12)",
    ["Rasmus 2015"] = "Rasmus, Valpola, Honkala, Berglund, Raiko: Semi-supervised learning with "
      .. "ladder networks. NIPS",
    ["Simard 2003"] = "Simard, Steinkraus, Platt: Best practices for convolutional neural networks "
      .. "applied to visual document analysis. ICDAR",
    ["Srivastava 2014"] = "Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov: Dropout: a "
      .. "simple way to prevent neural networks from overfitting. JMLR 15",
  },
}
