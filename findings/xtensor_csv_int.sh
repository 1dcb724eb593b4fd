#!/bin/sh
# xtensor_csv_int.sh - a table that xtensor writes and xtensor reads as integers: 1000000 becomes 1.
#
# Versions:    libxtensor-dev 0.24.3-1, xtl-dev 0.7.2-2.1 (Debian 12, amd64).
# Expectation: load_csv is the other half of dump_csv; a field that is no number of the wanted type
#              is an error (an empty one is: "stod").
# Guess:       of .npy files only, and right; of load_csv<int> none was written down, an error for
#              1e+06 seemed sure.
# Behaviour:   dump_csv prints with C++'s six digits (1e+06, 1.23457e+06), and load_csv<int> takes
#              what std::stoi takes: the digits before the point or the e. No word about the rest of
#              the field. load_csv<double> has the full range but the same habit: a table with
#              semicolons is its first column.
# Output:      see `wanted` below.
# For readers: a field is a number when ALL of it is; other writers spell whole numbers 1e+06, too
#              (R does).
set -eu
wanted='written: 20,1e+06,1.23457e+06
as int: 20 1 1
as double: 20 1e+06 1.23457e+06
1;2;3 as double: 1
3,,4 as double: stod'

for tool in dpkg-deb c++; do
  command -v $tool >/dev/null || { echo "xtensor_csv_int: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download libxtensor-dev=0.24.3-1 xtl-dev=0.7.2-2.1
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done

cat >csv.cpp <<'C'
#include <iostream>
#include <sstream>
#include <string>
#include <xtensor/xarray.hpp>
#include <xtensor/xcsv.hpp>

template <class Number> void show(const char *name, const std::string &text) {
  std::istringstream input(text);
  std::cout << name << ':';
  try {
    auto table = xt::load_csv<Number>(input);
    for (auto value : table) std::cout << ' ' << value;
  } catch (const std::exception &error) {
    std::cout << ' ' << error.what();
  }
  std::cout << '\n';
}

int main() {
  xt::xarray<double> table = {{20, 1000000, 1234567}};
  std::ostringstream written;
  xt::dump_csv(written, table);
  std::cout << "written: " << written.str();
  show<int>("as int", written.str());
  show<double>("as double", written.str());
  show<double>("1;2;3 as double", "1;2;3\n");
  show<double>("3,,4 as double", "3,,4\n");
}
C
c++ -std=c++17 -I unpacked/usr/include csv.cpp -o csv

seen=$(./csv)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "xtensor_csv_int: this has changed" >&2; exit 1; }
