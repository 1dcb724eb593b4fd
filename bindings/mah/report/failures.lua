--- Why trials failed: the first lines of their errors, the most frequent first.
---
---     failures(study:results())   --> {{text = "out of memory", times = 3, first = 7}, ...}

---@param rows table[]
---@return {text: string, times: integer, first: integer}[]   first: the number of a trial
return function(rows)
  local list, known, places = {}, {}, {}
  for _, row in ipairs(rows) do
    if row.status == "failed" then
      local text = tostring(row.error or row.reason or "?"):match "^[^\n]*"
      if not known[text] then
        known[text] = { text = text, times = 0, first = row.number }
        list[#list + 1], places[known[text]] = known[text], #list
      end
      known[text].times = known[text].times + 1
    end
  end
  table.sort(list, function(a, b)
    if a.times ~= b.times then return a.times > b.times end
    return places[a] < places[b]
  end)
  return list
end
