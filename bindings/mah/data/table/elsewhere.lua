--- Names that options and methods of tables have in pandas and scikit-learn, and what to write
--- here: for messages.
local rows = "t:where(mask), t:head(n) and t[i] give rows"

return {
  --- of mah.data.table
  read = {
    sep = 'write delimiter = ";"', na_values = 'write na = {"", "?"}',
    dtype = 'write types = {age = "number"}', parse_dates = 'write types = {day = "date"}',
    usecols = 'write columns = {"age", "fare"}', skiprows = "write skip = 1",
    encoding = "files are UTF-8",
    index_col = "tables have no index; leave it out",
  },
  --- of table:split
  split = {
    test_size = "write test = 0.2", train_size = "write test = 0.2, the share that is left",
    random_state = "write seed = 1", shuffle = "rows are always shuffled",
  },
  --- methods of a table
  table = {
    dropna = "t:drop_missing{...} leaves rows out", groupby = 'write t:group_by("name"):mean()',
    sort_values = 'write t:sort("name")', merge = 'write t:join(other, "name")',
    to_csv = "write t:save_csv(path)",
    query = "write t:where(t.age:gt(30))", iloc = rows, loc = rows, iterrows = "t[i] is row i",
    info = "print(t) shows types and missing values", shape = "write #t rows and #t.names columns",
    fillna = "mah.preprocessing.SimpleImputer fills missing values",
    isna = "a column has it: t.age:missing()", isnull = "a column has it: t.age:missing()",
    values = "t:tensor{...} gives a matrix", to_numpy = "t:tensor{...} gives a matrix",
    value_counts = "a column has it: values, counts = t.sex:unique()",
    dtypes = "t.age.kind is a column's type", sample = "t:split{test = 0.2} draws rows",
  },
  --- methods of a column
  column = {
    value_counts = "write values, counts = column:unique()", nunique = "write #column:unique()",
    isna = "write column:missing()", isnull = "write column:missing()",
    fillna = "mah.preprocessing.SimpleImputer fills missing values",
    astype = "types of columns are told when they are read: types = {age = \"number\"}",
    map = "column:list() gives a list; t:with{name = list} a table with it",
    apply = "column:list() gives a list; t:with{name = list} a table with it",
    to_numpy = "write column:tensor()", to_list = "write column:list()",
    tolist = "write column:list()",
    dt = 'write column:part("year")', shape = "#column values", dtype = "write column.kind",
  },
}
