--- What the benchmarks share.
local timing = {}

--- What a command prints, without the last newlines.
function timing.output_of(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return (text:gsub("%s+$", ""))
end

--- The q-quantile of the numbers in a list, between neighbours in proportion; NaN of none.
function timing.quantile(list, q)
  local known = {}
  for _, v in ipairs(list) do
    if v == v then known[#known + 1] = v end
  end
  if #known == 0 then return 0 / 0 end
  table.sort(known)
  local place = 1 + (#known - 1) * q
  local low = math.floor(place)
  return known[low] + (place - low) * ((known[low + 1] or known[low]) - known[low])
end

function timing.median(list) return timing.quantile(list, 0.5) end

return timing
