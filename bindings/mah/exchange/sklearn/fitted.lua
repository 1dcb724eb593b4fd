--- A transformer of mah.preprocessing as its fit would have left it.

---@param a mah.SklearnAttributes
---@param n integer              features
---@param transformer table      made with its parameters
---@param found table<string, any>   what fit found
---@return table
return function(a, n, transformer, found)
  transformer.n_features_in_ = n
  transformer.feature_names_in_ = a:names(n)
  for name, value in pairs(found) do transformer[name] = value end
  return transformer
end
