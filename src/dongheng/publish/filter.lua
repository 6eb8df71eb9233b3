-- The fenced raw blocks of a notebook, each through its own reader, as Typst or HTML in which no character of a text can
-- act. A last line, "//dongheng {json}", tells the exporter what was read: headings, tables, images, problems.

-- As JupyterLab reads Markdown: GitHub's kind with formulas.
local MARKDOWN = 'commonmark+pipe_tables+strikeout+footnotes+tex_math_dollars+autolink_bare_uris'
local MARKS = '□ ○ ㅇ ◦ • ▪ ▸ ❖ ➡' -- ※ begins a note and may be typed
local WEB = FORMAT:match('^html') ~= nil
local report = {title = '', tables = {}, images = {}, problems = {}, captions = {tables = 0, figures = 0}}
local cell, level, headings = 0, 0, 0
local places, links = {}, {} -- tags of headings, tables and figures; where the texts lead to

local function quoted(s)
  return '"' .. s:gsub('\\', '\\\\'):gsub('"', '\\"'):gsub('\r?\n', '\\n'):gsub('\t', '\\t') .. '"'
end
local function escaped(s) return (s:gsub('[&<>"]', {['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;'})) end
local function raw(s) return pandoc.RawInline(WEB and 'html' or 'typst', s) end
local function block(s) return pandoc.RawBlock(WEB and 'html' or 'typst', s) end
local function wrapped(open, content, close)
  local out = pandoc.List{raw(open)}
  out:extend(content)
  out:insert(raw(close))
  return out
end
local function problem(what, expected, todo)
  table.insert(report.problems, {cell = cell, what = what, expected = expected, todo = todo})
end
-- A tag that texts may lead to, empty if it is none of ours.
local function place(tag)
  if not tag:match('^[a-z][a-z0-9-]*$') or tag:match('^toc%-') or tag:match('^fn') or tag:match('^footnotes') then
    return '' -- pandoc's own
  end
  if places[tag] then
    problem('앞에서 쓴 태그 ' .. tag, '글이 어디를 가리키는지 알 수 없으므로', 'Document를 하나만 만들고 태그를 바꾸십시오')
  end
  places[tag] = true
  return tag
end
local function raw_html(el)
  if el.format == 'html' and not el.text:match('^<!%-%-') then
    problem('HTML 태그 ' .. el.text:sub(1, 40), 'PDF에서는 사라지므로', 'Markdown 문법으로 바꾸거나 태그를 지우십시오')
  end
  return {}
end

-- A long word without a break (a hash, an address) may be broken after every eighth character: between boxes a line
-- (in HTML: at each wbr) may end, and no character is added that a reader would copy. Between Hangul syllables a line may end anyway.
local LONG = 26
local function breakable(s)
  local out, run, western, long = {}, '', nil, false
  local function put()
    local length = utf8.len(run)
    local step = western and length > LONG and 8 or length + 1
    for i = 1, length, step do
      local piece = run:sub(utf8.offset(run, i), utf8.offset(run, math.min(i + step, length + 1)) - 1)
      if not WEB then piece = quoted(piece) end
      table.insert(out, WEB and escaped(piece) or step == 8 and '#box(' .. piece .. ');' or '#' .. piece .. ';')
    end
    long, run = long or step == 8, ''
  end
  for _, c in utf8.codes(s) do
    if western ~= (c < 0x1100) then put() end
    western, run = c < 0x1100, run .. utf8.char(c)
  end
  put()
  if WEB then return long and raw(table.concat(out, '<wbr>')) or nil end
  return raw(long and table.concat(out) or '#' .. quoted(s) .. ';')
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
-- A name of a section gets the page that it stands on.
local paged = {Link = function(el) if el.classes[1] == 'section' then return el.content .. {pandoc.Str('(12쪽)')} end end}
-- A cell of so many letters that its row could be higher than a page: such a row may be cut.
local function long_cell(t)
  for _, body in ipairs(t.bodies) do
    for _, row in ipairs(body.body) do
      for _, c in ipairs(row.cells) do
        if #pandoc.utils.stringify(c.contents) > 600 then return true end
      end
    end
  end
end
local function measured(t)
  local wish, least = {}, {}
  for i = 1, #t.colspecs do wish[i], least[i] = 6, 6 end
  local function look(rows)
    for _, row in ipairs(rows) do
      if #row.cells ~= #t.colspecs then return false end
      for i, c in ipairs(row.cells) do
        if c.col_span ~= 1 or c.row_span ~= 1 then return false end
        local text = pandoc.utils.stringify(c.contents:walk(paged))
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

-- Before all: foreign blocks by their class alone; tables while their cells are texts (a browser measures for itself).
local zeroth = {
  Div = function(el)
    local name, lang = el.classes[1], el.attributes.lang
    if name == 'note' or name == 'notice' or name == 'keep' then return pandoc.Div(el.content, pandoc.Attr('', {name})) end
    if lang and lang:match('^%a%a$') then return pandoc.Div(el.content, pandoc.Attr('', {}, {lang = lang})) end
    return el.content
  end,
  Table = function(t)
    if WEB then return end
    for _, spec in ipairs(t.colspecs) do if spec[2] ~= nil then return end end
    measured(t)
    return t
  end,
}

-- A page in a browser: every header cell says what it heads, a wide table scrolls in a region that has a name, and of
-- foreign HTML nothing is left that could act or look like ours: no attribute is kept but those set here.
local KINDS = {svg = 'svg+xml', jpg = 'jpeg'}
local function pictured(file, src, alt)
  local ending = (src:lower():match('%.(%l+)$') or 'png')
  local img = '<img src="data:image/%s;base64,@%s" alt="%s">' -- page.py puts the content in the place of @ and the name
  return raw(img:format(KINDS[ending] or ending, file, escaped(alt)))
end
local SCHEMES = {['http:'] = true, ['https:'] = true, ['mailto:'] = true}
local function region(content, name)
  return pandoc.Div(content, pandoc.Attr('', {'wide'}, {{'role', 'region'}, {'tabindex', '0'}, {'aria-label', name}}))
end
local function scoped(rows, heads)
  local left = {} -- column: how many more rows a cell above covers
  for _, row in ipairs(rows) do
    local covered, column = left, 1
    left = {}
    for c, n in pairs(covered) do if n > 1 then left[c] = n - 1 end end
    for _, c in ipairs(row.cells) do
      while covered[column] do column = column + 1 end
      local scope = not heads and 'col' or column <= heads and 'row' or nil
      c.attr = pandoc.Attr('', {}, scope and {scope = scope} or {})
      for i = column, column + c.col_span - 1 do left[i] = c.row_span > 1 and c.row_span - 1 or nil end
      column = column + c.col_span
    end
    row.attr = pandoc.Attr()
  end
end
local function in_region(t)
  scoped(t.head.rows)
  t.head.attr = pandoc.Attr()
  for _, body in ipairs(t.bodies) do
    scoped(body.head)
    scoped(body.body, body.row_head_columns)
    body.attr = pandoc.Attr()
  end
  scoped(t.foot.rows, 0)
  t.foot.attr = pandoc.Attr()
  for _, spec in ipairs(t.colspecs) do spec[2] = nil end
  t.attributes.style = 'min-width:' .. 6 * #t.colspecs .. 'em'
  local name = pandoc.utils.stringify(t.caption.long)
  return region({t}, name ~= '' and name or '표')
end

-- First walk: what has to be seen whole (heading text, tables, formulas, images).
local first = {
  Header = function(el)
    local text = pandoc.utils.stringify(el.content)
    headings = headings + 1
    if el.level == 1 and report.title == '' then report.title = text end
    if el.level > level + 1 then
      local expected = level == 0 and '첫 제목은 1수준이므로' or '앞의 제목이 ' .. level .. '수준이므로'
      problem("제목 '" .. text .. "'(" .. el.level .. '수준)', expected, '# ' .. level + 1 .. '개로 고치십시오')
    end
    level = el.level
    el.attr = pandoc.Attr(place(el.identifier))
    if WEB then -- the title of the page is its only heading of level 1; the contents lead to every heading
      el.level = el.level + 1
      if el.identifier == '' then el.identifier = '_' .. headings end
    end
    return el
  end,
  Table = function(t)
    local caption = #t.caption.long > 0
    if caption then report.captions.tables = report.captions.tables + 1 end
    table.insert(report.tables, {cell = cell, row_head = t.bodies[1] and t.bodies[1].row_head_columns or 0})
    t.attr = pandoc.Attr(caption and place(t.identifier) or '')
    if WEB then return in_region(t) end
    if not long_cell(t) then return t end
    return {block('#[#set table.cell(breakable: true)'), t, block(']')}
  end,
  Math = function(el)
    local shown = pandoc.write(pandoc.Pandoc{pandoc.Para{el}}, 'typst'):gsub('%s+$', '')
    local inner = shown:match('^%$(.*)%$$')
    if not inner then
      problem('읽지 못한 수식 ' .. el.text, 'PDF에서는 사라지므로', 'TeX 문법에 맞게 고치십시오')
      return pandoc.Code(el.text)
    end
    if WEB then return end
    local display = el.mathtype == 'DisplayMath'
    inner = inner:gsub('^%s+', ''):gsub('%s+$', '')
    return raw(string.format('#math.equation(block: %s, alt: %s, $%s$);', display, quoted('수식: ' .. el.text),
      display and ' ' .. inner .. ' ' or inner))
  end,
  Image = function(el)
    local name = 'markdown-' .. (#report.images + 1)
    local alt = pandoc.utils.stringify(el.caption)
    table.insert(report.images, {cell = cell, file = name, src = el.src, alt = alt, caption = el.title})
    return WEB and pictured(name, el.src, alt) or raw(string.format('#picture(%s, %s);', quoted(name), quoted(alt)))
  end,
  Para = function(el)
    local mark = el.content[1]
    if #el.content > 1 and mark.t == 'Str' and MARKS:find(mark.text, 1, true) then
      problem('글머리표 ' .. mark.text .. '를 글자로 적은 문단', '글머리표는 목록이어야 바르게 읽히므로', '목록으로 바꾸십시오')
    end
  end,
  RawInline = raw_html,
  RawBlock = raw_html,
  -- Within the report only our own links lead anywhere (document.py): to a section, or to a table or figure.
  Link = function(el)
    local kind, to, said = el.classes[1], el.target:sub(2), pandoc.utils.stringify(el.content)
    el.attr = pandoc.Attr()
    if el.target:sub(1, 1) ~= '#' then
      if not WEB then return end
      return SCHEMES[el.target:lower():match('^%a+:')] and el or el.content
    end
    if kind ~= 'section' and kind ~= 'shown' then return el.content end
    table.insert(links, {cell = cell, to = to, said = said})
    if WEB then return el end
    if kind == 'section' then return raw('#section(' .. quoted(to) .. ', ' .. quoted(said) .. ');') end
    return wrapped('#shown(' .. quoted(to) .. ')[', el.content, '];')
  end,
}

-- Second walk for a page: texts are safe already.
local function plain(el)
  el.attr = pandoc.Attr()
  return el
end
local for_page = {
  Str = function(el) return breakable(el.text) end,
  Code = plain, CodeBlock = plain, Figure = plain,
  Span = function(el)
    if not el.classes:includes('unit') then return el.content end
    return pandoc.Span(el.content, pandoc.Attr('', {'unit'}))
  end,
}

-- Second walk for Typst: every text as a Typst string, so that "= 1", "- x", "..." or "#import" stay what they are.
local for_typst = {
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
    local name, lang = el.classes[1], el.attributes.lang
    local out = pandoc.List{block(name and '#' .. name .. '[' or '#text(lang: ' .. quoted(lang) .. ', region: none)[')}
    out:extend(el.content)
    out:insert(block(']'))
    return out
  end,
}

local function literal(blocks) return blocks:walk(zeroth):walk(first):walk(WEB and for_page or for_typst) end

-- The text of an SVG as a part of the page, its ids its own; nil if it holds more than shapes and texts: such a picture
-- is shown from outside, where nothing in it can act or reach anything.
local SHAPES, FORMS = {}, {}
for tag in ('svg g defs path use text tspan rect circle line polyline polygon ellipse clipPath pattern title desc'):gmatch('%S+') do
  SHAPES[tag] = true
end
for form in ('matrix translate rotate scale rgb rgba'):gmatch('%S+') do FORMS[form] = true end
local STYLE = '<style type="text/css">%*{stroke%-linejoin: round; stroke%-linecap: butt}</style>' -- page.html says it too
local function inline(svg, name, alt)
  local own, fine = name .. '_', true
  svg = svg:gsub('^%s*(.-)%s*$', '%1'):gsub('<metadata>.-</metadata>', ''):gsub(STYLE, '')
  local text = svg:gsub('<[^>]*>', function(tag)
    local names, values = tag:gsub('"[^"]*"', ' '), tag:lower():gsub('url%(#', ''):gsub('href="#', '')
    fine = fine and SHAPES[names:match('^</?(%a+)[%s/>]')] and not names:find('["\'<]', 2)
      and not names:lower():find('[%s/]on') and not values:find('[&\\]') and not values:find('href') and not values:find('position')
    for form in values:gmatch('([%w-]*)%s*%(') do fine = fine and FORMS[form] end
    return ''
  end)
  if not fine or text:find('<') or not svg:find('^<svg%s.*</svg>$') then return end
  svg = svg:gsub('<[^>]*>', function(tag)
    return (tag:gsub('(%sid=")', '%1' .. own):gsub('url%(#', 'url(#' .. own):gsub('href="#', 'href="#' .. own))
  end)
  return '<svg role="img" aria-label="' .. escaped(alt) .. '"' .. svg:sub(5)
end

local front = {}
local function figure(text)
  local f = pandoc.json.decode(text, false)
  local number = math.tointeger(f.number)
  local tag = number and f.caption ~= '' and place('figure-' .. number) or ''
  if f.caption ~= '' then report.captions.figures = report.captions.figures + 1 end
  if WEB then
    local shown = front.svg[f.file] and inline(front.svg[f.file], (f.file:gsub('%W', '_')), f.alt)
    shown = shown and block(shown) or pandoc.Plain{pictured(f.file, f.file, f.alt)}
    shown = region({shown}, f.caption ~= '' and f.caption or '그림')
    local under = f.caption ~= '' and '<figcaption>' .. escaped(f.caption) .. '</figcaption>' or ''
    return {block(tag ~= '' and '<figure id="' .. tag .. '">' or '<figure>'), shown, block(under .. '</figure>')}
  end
  local out = string.format('#picture(%s, %s)', quoted(f.file), quoted(f.alt))
  if f.caption == '' then return {block(out)} end
  local caption = pandoc.Inlines(f.caption):walk(for_typst)
  local close = '])[' .. out .. ']' .. (tag ~= '' and ' <' .. tag .. '>' or '')
  return {pandoc.Plain(wrapped('#figure(kind: image, caption: [', caption, close))}
end

-- The source of a cell. Control characters and those of private use are written out: no font shows them.
local function code(text)
  text = text:gsub(utf8.charpattern, function(c)
    local n = utf8.codepoint(c)
    local shown = (n >= 32 and n < 127) or (n >= 160 and (n < 0xE000 or n > 0xF8FF)) or c:match('[\n\r\t]')
    return not shown and string.format('〔U+%04X〕', n) or nil
  end)
  return WEB and pandoc.CodeBlock((text:gsub('%s+$', ''))) or block('#code(' .. quoted(text) .. ')')
end

-- What the template of a page says beside the body.
local function about()
  local meta = {title = front.title ~= '' and front.title or report.title, draft = front.draft}
  meta.files = front.files[1] and {}
  for _, name in ipairs({'subtitle', 'publication_number', 'lines', 'marks'}) do meta[name] = front[name] end
  for i, f in ipairs(front.files) do
    local link = '<a download="%s" href="data:%s;base64,%s">%s</a>: %s'
    link = link:format(escaped(f.name), escaped(f.mime), f.content, escaped(f.name), escaped(f.description))
    meta.files[i] = pandoc.MetaInlines{raw(link)}
  end
  meta.report = pandoc.MetaInlines{raw(pandoc.json.encode(report))}
  return meta
end

function Pandoc(doc)
  PAGE = doc.meta.page and tonumber(pandoc.utils.stringify(doc.meta.page))
  local out = pandoc.List()
  -- Typst would join a list to one that ends right before it, in another cell or output.
  local function add(blocks)
    local one, two = out[#out], blocks[1]
    if not WEB and one and two and one.t == two.t and two.t:match('List$') then
      out:extend({block('#block['), blocks:remove(1), block(']')})
    end
    out:extend(blocks)
  end
  for _, el in ipairs(doc.blocks) do
    local kind, text = el.format, el.text
    if kind == 'cell' then cell = tonumber(text)
    elseif kind == 'front' then front = pandoc.json.decode(text, false)
    elseif kind == 'pagebreak' then if not WEB then out:insert(block('#pagebreak(weak: true)')) end
    elseif kind == 'code' then out:insert(code(text))
    elseif kind == 'markdown' then add(literal(pandoc.read(text, MARKDOWN).blocks))
    elseif kind == 'html' then add(literal(pandoc.read(text, 'html-auto_identifiers').blocks))
    elseif kind == 'text' then add(literal(pandoc.Blocks{pandoc.CodeBlock((text:gsub('%s+$', '')))}))
    elseif kind == 'figure' then out:extend(figure(text))
    else error('unknown block: ' .. tostring(kind)) end
  end
  for _, link in ipairs(links) do
    if not places[link.to] then
      cell = link.cell
      problem("보고서에 없는 곳을 가리키는 '" .. link.said .. "'(#" .. link.to .. ')', '읽는 이가 갈 곳이 없으므로',
        '가리키는 표, 그림, 제목을 보이거나 가리키지 마십시오')
    end
  end
  if WEB then return pandoc.Pandoc(out, about()) end
  out:insert(block('//dongheng ' .. pandoc.json.encode(report)))
  return pandoc.Pandoc(out)
end
