# A small HTTP server on the loopback interface, for test_fetch.sh.   perl server.pl FOLDER PORT_FILE
#
# GET /MODE/NAME sends NAME of the folder. MODE: good, short (cut in half, the length says otherwise),
# quiet (cut in half, no length), gone (closes without an answer), stalls (half, and then nothing).
# A stalled answer blocks nobody else. Writes its port into PORT_FILE and ends after two minutes.
use strict;
use warnings;
use IO::Socket::INET;

my ($folder, $port_file) = @ARGV;
alarm 120;
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die "listen: $@";
open(my $out, '>', "$port_file.tmp") or die "$port_file: $!";
print $out $listener->sockport;
close $out;
rename "$port_file.tmp", $port_file;

sub answer {
  my ($client, $mode, $name) = @_;
  return if $mode eq 'gone';
  my $file;
  if (!open($file, '<:raw', "$folder/$name")) {
    print $client "HTTP/1.0 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found";
    return;
  }
  my $body = do { local $/; <$file> };
  my $length = length $body;
  $body = substr $body, 0, $length / 2 if $mode ne 'good';
  print $client "HTTP/1.0 200 OK\r\n", $mode eq 'quiet' ? '' : "Content-Length: $length\r\n", "\r\n", $body;
  $client->flush;
  readline $client if $mode eq 'stalls'; # until the client has had enough
}

while (my $client = $listener->accept) {
  my $request = <$client> // '';
  while (my $line = <$client>) { last if $line =~ /^\r?\n$/ }
  if ($request =~ m{^GET /(\w+)/([\w.-]+) }) {
    my ($mode, $name) = ($1, $2);
    if ($mode ne 'stalls') {
      answer($client, $mode, $name);
    } elsif (fork == 0) {
      close $listener;
      answer($client, $mode, $name);
      exit;
    }
  }
  close $client;
}
