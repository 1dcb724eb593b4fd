--- A fit of a differential equation: a pendulum of one metre is let go at a wide angle, and its
--- angle is measured with noise. What are gravity and friction? The gradient goes through all steps
--- of the equation. The formula that is taught, of small angles, fits worse, and finds another g.
---
--- Output:
---   small angles: g = 7.6... +- 0.02, friction 0.18... +- 0.01..., residuals 0.11 rad
---   the equation: g = 9.8... +- 0.02, friction 0.15... +- 0.00..., residuals 0.03 rad
---   wrote out/fit.png
local mah = require "mah"

local STEP, STEPS, LENGTH = 0.05, 120, 1
local t = mah.arange(1, STEPS, { dtype = "float64" }) * STEP

--- angle'' = -g / LENGTH sin(angle) - friction angle', by leaps
local function equation(p)
  local angle, speed, angles = p.angle, 0, {}
  for i = 1, STEPS do
    local pull = angle:sin() * (p.g / LENGTH) + speed * p.friction
    speed = speed - pull * (i == 1 and STEP / 2 or STEP)
    angle = angle + speed * STEP
    angles[i] = angle
  end
  return mah.stack(angles)
end

local function small_angles(p)
  return (t * p.friction * -0.5):exp() * (t * (p.g / LENGTH):sqrt()):cos() * p.angle
end

local truth = { angle = 1.6, g = 9.81, friction = 0.15 }
for name, value in pairs(truth) do truth[name] = mah.tensor(value, "float64") end
local measured = equation(truth) + mah.randn(STEPS, { dtype = "float64", rng = 1 }) * 0.03
local series = { { x = t, y = measured, label = "measured", marker = "circle", line = false } }
for i, model in ipairs { small_angles, equation } do
  local name = ({ "small angles", "the equation" })[i]
  local fit = mah.minimize(function(p) return model(p) - measured end,
    { angle = 1.5, g = 8, friction = 0.1 }, { method = "LM" })
  print(("%s: g = %.3f +- %.2f, friction %.3f +- %.3f, residuals %.2f rad"):format(name, fit.x.g,
    fit.stderr.g, fit.x.friction, fit.stderr.friction, fit.fun:std()))
  series[i + 1] = { x = t, y = fit.fun + measured, label = name }
end
mah.file.make_directory "out"
mah.plot.lines({ series = series, x_label = "s", y_label = "rad" }):save "out/fit.png"
print "wrote out/fit.png"
