-- SPDX-License-Identifier: BSD-3-Clause
-- For wrk: asks for one page after the other and compares each with its file. Arguments: folder, pages.

local threads = {}
wrong, right, asked = 0, 0, 0

function setup(thread)
    table.insert(threads, thread)
end

function init(arguments)
    wrk.headers["Connection"] = "keep-alive" -- lwIP's server closes what does not ask for this
    pages, names = {}, {}
    for i = 2, #arguments do
        local file = assert(io.open(arguments[1] .. "/" .. arguments[i], "rb"))
        pages[file:read("*l")] = file:seek("set") and file:read("*a")
        table.insert(names, "/" .. arguments[i])
        file:close()
    end
end

function request()
    asked = asked + 1
    return wrk.format("GET", names[asked % #names + 1])
end

-- The first line of a page is its own: it names the file to compare with.
function response(status, headers, body)
    if status == 200 and body == pages[body:match("^[^\n]*")] then
        right = right + 1
    else
        wrong = wrong + 1
    end
end

function done(summary)
    local sums = {right = 0, wrong = 0}
    for _, thread in ipairs(threads) do
        sums.right = sums.right + thread:get("right")
        sums.wrong = sums.wrong + thread:get("wrong")
    end
    local errors = summary.errors
    io.write(string.format("\nRESULT %d %d %d %d\n", sums.right, sums.wrong, summary.duration,
                           errors.connect + errors.read + errors.write + errors.status))
end
