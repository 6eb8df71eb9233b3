-- The fenced raw blocks of a notebook, each through its own reader, as Typst in which no character of a text can act.
-- A last line, "//dongheng {json}", tells the exporter what was read: headings, tables, images, problems.

-- As JupyterLab reads Markdown: GitHub's kind with formulas.
local MARKDOWN = 'commonmark+pipe_tables+strikeout+footnotes+tex_math_dollars+autolink_bare_uris'
local MARKS = '□ ○ ㅇ ◦ • ▪ ▸ ❖ ➡' -- ※ begins a note and may be typed
local report = {headings = {}, tables = {}, images = {}, problems = {}, captions = {tables = 0, figures = 0}}
local cell, level = 0, 0

local function quoted(s)
  return '"' .. s:gsub('\\', '\\\\'):gsub('"', '\\"'):gsub('\r?\n', '\\n'):gsub('\t', '\\t') .. '"'
end
local function raw(s) return pandoc.RawInline('typst', s) end
local function block(s) return pandoc.RawBlock('typst', s) end
local function wrapped(open, content, close)
  local out = pandoc.List{raw(open)}
  out:extend(content)
  out:insert(raw(close))
  return out
end
local function problem(what, expected, todo)
  table.insert(report.problems, {cell = cell, what = what, expected = expected, todo = todo})
end
local function raw_html(el)
  if el.format == 'html' and not el.text:match('^<!%-%-') then
    problem('HTML 태그 ' .. el.text:sub(1, 40), 'PDF에서는 사라지므로', 'Markdown 문법으로 바꾸거나 태그를 지우십시오')
  end
end

-- A long word without a break (a hash, an address) may be broken after every eighth character: between boxes a line
-- may end, and no character is added that a reader would copy.
local LONG = 26
local function breakable(s)
  if #s <= LONG or s:match('[\128-\255]') then return raw('#' .. quoted(s) .. ';') end
  local out = {}
  for i = 1, #s, 8 do table.insert(out, '#box(' .. quoted(s:sub(i, i + 7)) .. ');') end
  return raw(table.concat(out))
end

-- Columns of a table that states no widths, in units of half a Hangul syllable. If the longest texts do not fit side by
-- side, the widest columns give way first; no column gets narrower than its short texts and its longest word.
local PAGE = 100 -- how many units a line of a table holds; the exporter, which knows the size of the text, says so
local PADDING = 3.2
local function units(s)
  local n = 0
  for _, c in utf8.codes(s) do n = n + (c >= 0x1100 and 1.85 or 1.12) end
  return n
end
local function measured(t)
  local wish, least = {}, {}
  for i = 1, #t.colspecs do wish[i], least[i] = 6, 6 end
  local function look(rows)
    for _, row in ipairs(rows) do
      if #row.cells ~= #t.colspecs then return false end
      for i, c in ipairs(row.cells) do
        if c.col_span ~= 1 or c.row_span ~= 1 then return false end
        local text = pandoc.utils.stringify(c.contents)
        wish[i] = math.max(wish[i], units(text) + PADDING)
        if units(text) <= 0.13 * PAGE then least[i] = math.max(least[i], units(text) + PADDING) end
        for word in text:gmatch('%S+') do
          local most = word:match('[\128-\255]') and 14 or LONG
          least[i] = math.max(least[i], math.min(units(word), most) + PADDING)
        end
      end
    end
    return true
  end
  if not look(t.head.rows) then return end
  for _, body in ipairs(t.bodies) do if not look(body.body) then return end end
  local function shares(cap)
    local sum, out = 0, {}
    for i = 1, #wish do
      out[i] = math.max(least[i], math.min(wish[i], cap))
      sum = sum + out[i]
    end
    return out, sum
  end
  local cap = PAGE
  local share, sum = shares(cap)
  while sum > PAGE and cap > 6 do
    cap = cap - 1
    share, sum = shares(cap)
  end
  for i, spec in ipairs(t.colspecs) do spec[2] = share[i] / sum end
end

-- First walk: what has to be seen whole (heading text, tables, formulas, images).
local first = {
  Header = function(el)
    local text = pandoc.utils.stringify(el.content)
    table.insert(report.headings, {cell = cell, level = el.level, text = text})
    if el.level > level + 1 then
      local expected = level == 0 and '첫 제목은 1수준이므로' or '앞의 제목이 ' .. level .. '수준이므로'
      problem("제목 '" .. text .. "'(" .. el.level .. '수준)', expected, '# ' .. level + 1 .. '개로 고치십시오')
    end
    level = el.level
    el.attr = pandoc.Attr()
    return el
  end,
  Table = function(t)
    local caption = #t.caption.long > 0
    if caption then report.captions.tables = report.captions.tables + 1 end
    table.insert(report.tables, {cell = cell, row_head = t.bodies[1] and t.bodies[1].row_head_columns or 0})
    local stated = false
    for _, spec in ipairs(t.colspecs) do stated = stated or spec[2] ~= nil end
    if not stated then measured(t) end
    t.attr = pandoc.Attr()
    return t
  end,
  Math = function(el)
    local shown = pandoc.write(pandoc.Pandoc{pandoc.Para{el}}, 'typst'):gsub('%s+$', '')
    local inner = shown:match('^%$(.*)%$$')
    if not inner then
      problem('읽지 못한 수식 ' .. el.text, 'PDF에서는 사라지므로', 'TeX 문법에 맞게 고치십시오')
      return pandoc.Code(el.text)
    end
    local display = el.mathtype == 'DisplayMath'
    inner = inner:gsub('^%s+', ''):gsub('%s+$', '')
    return raw(string.format('#math.equation(block: %s, alt: %s, $%s$);', display, quoted('수식: ' .. el.text),
      display and ' ' .. inner .. ' ' or inner))
  end,
  Image = function(el)
    local name = 'markdown-' .. (#report.images + 1)
    local alt = pandoc.utils.stringify(el.caption)
    table.insert(report.images, {cell = cell, file = name, src = el.src, alt = alt, caption = el.title})
    return raw(string.format('#picture(%s, %s);', quoted(name), quoted(alt)))
  end,
  Para = function(el)
    local mark = el.content[1]
    if #el.content > 1 and mark.t == 'Str' and MARKS:find(mark.text, 1, true) then
      problem('글머리표 ' .. mark.text .. '를 글자로 적은 문단', '글머리표는 목록이어야 바르게 읽히므로', '목록으로 바꾸십시오')
    end
  end,
  RawInline = raw_html,
  RawBlock = raw_html,
  Link = function(el) if el.target:sub(1, 1) == '#' then return el.content end end,
}

-- Second walk: every text as a Typst string, so that "= 1", "- x", "..." or "#import" stay what they are.
local second = {
  Str = function(el) return breakable(el.text) end,
  Code = function(el) return raw('#raw(' .. quoted(el.text) .. ');') end,
  CodeBlock = function(el) return block('#raw(block: true, ' .. quoted(el.text) .. ')') end,
  Emph = function(el) return wrapped('#emph[', el.content, '];') end,
  Strong = function(el) return wrapped('#strong[', el.content, '];') end,
  Strikeout = function(el) return wrapped('#strike[', el.content, '];') end,
  HorizontalRule = function() return block('#rule') end,
  Span = function(el)
    if el.classes:includes('unit') then return wrapped('#unit[', el.content, '];') end
    return el.content
  end,
  Div = function(el)
    local name = el.classes[1]
    if name == 'note' or name == 'notice' or name == 'keep' then
      local out = pandoc.List{block('#' .. name .. '[')}
      out:extend(el.content)
      out:insert(block(']'))
      return out
    end
    return el.content
  end,
}

local function literal(blocks) return blocks:walk(first):walk(second) end

local function figure(text)
  local f = pandoc.json.decode(text, false)
  local out = string.format('#picture(%s, %s)', quoted(f.file), quoted(f.alt))
  if f.caption ~= '' then
    report.captions.figures = report.captions.figures + 1
    out = string.format('#figure(kind: image, caption: %s)[%s]', quoted(f.caption), out)
  end
  return block(out)
end

function Pandoc(doc)
  PAGE = tonumber(pandoc.utils.stringify(doc.meta.page))
  local out = pandoc.List()
  -- Typst would join a list to one that ends right before it, in another cell or output.
  local function add(blocks)
    local one, two = out[#out], blocks[1]
    if one and two and one.t == two.t and two.t:match('List$') then
      out:extend({block('#block['), blocks:remove(1), block(']')})
    end
    out:extend(blocks)
  end
  for _, el in ipairs(doc.blocks) do
    local kind, text = el.format, el.text
    if kind == 'cell' then cell = tonumber(text)
    elseif kind == 'pagebreak' then out:insert(block('#pagebreak(weak: true)'))
    elseif kind == 'markdown' then add(literal(pandoc.read(text, MARKDOWN).blocks))
    elseif kind == 'html' then add(literal(pandoc.read(text, 'html').blocks))
    elseif kind == 'text' then add(literal(pandoc.Blocks{pandoc.CodeBlock((text:gsub('%s+$', '')))}))
    elseif kind == 'figure' then out:insert(figure(text))
    else error('unknown block: ' .. tostring(kind)) end
  end
  out:insert(block('//dongheng ' .. pandoc.json.encode(report)))
  return pandoc.Pandoc(out)
end
