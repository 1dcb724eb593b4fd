--- A function that has members of its own: mah.train(net, data) and mah.train.find_lr(net, data).
---
---     return called(train, { find_lr = find_lr })
---
--- What knows functions (help, completion, the prompt) finds this one in the metatable's `calls`.
---@param f function
---@param members table   becomes what is called
---@return table members
return function(f, members)
  return setmetatable(members, { __call = function(_, ...) return f(...) end, calls = f })
end
