use strict;
use warnings;
use DBI;
use JSON::PP;

# mysql or mariadb: the driver, which is also the prefix of its options
my $driver = shift;
my $name = $driver eq 'mysql' ? 'mysql' : 'MariaDB';
my $dsn = "DBI:$name:database=$ENV{DB_SCHEMA};host=$ENV{DB_HOST};port=$ENV{DB_PORT}"
    . ";${driver}_ssl=1;${driver}_ssl_ca_file=$ENV{DB_CA}" . ($driver eq 'mysql' ? ';mysql_ssl_optional=1' : '');
my %options = (RaiseError => 1, PrintError => 0, AutoCommit => 1, "${driver}_server_prepare" => 1);
$options{mysql_enable_utf8mb4} = 1 if $driver eq 'mysql';
my $db = DBI->connect($dsn, $ENV{DB_USER}, $ENV{DB_PASSWORD}, \%options);

sub one { $db->selectrow_array(@_) }

sub errno {
    my $sql = shift;
    return 0 if eval { $db->do($sql); 1 };
    return $db->err + 0;
}

my %out = (text => [map { [$_->[0] + 0, $_->[1]] } @{$db->selectall_arrayref('SELECT id, name FROM items ORDER BY id')}]);
$out{prepared} = one('SELECT name FROM items WHERE id = ?', undef, 2);
$db->begin_work;
$db->do("INSERT INTO notes VALUES (1, 'gone')");
$db->rollback;
$out{rolledBack} = one('SELECT COUNT(*) FROM notes') + 0;
$out{error} = errno('SELECT * FROM no_such_table');
$out{big} = 0;
$out{big} += length $_->[0] for @{$db->selectall_arrayref('SELECT filler FROM big')};
$out{masked} = one('SELECT email FROM customers WHERE id = 1');
$out{refused} = errno('DELETE FROM customers');
print encode_json(\%out), "\n";
