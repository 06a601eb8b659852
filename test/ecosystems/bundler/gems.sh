#!/bin/sh
# Makes the source of gems that the project names, /opt/gems, from a package of Debian (ruby-rainbow): no registry is needed.
set -e
made=$(mktemp -d)
cp -r /usr/share/rubygems-integration/all/gems/rainbow-3.1.1/lib "$made"
cd "$made"
cat > rainbow.gemspec <<'END'
Gem::Specification.new do |spec|
  spec.name = 'rainbow'
  spec.version = '3.1.1'
  spec.summary = 'Colorize printed text on ANSI terminals'
  spec.authors = ['Marcin Kulik', 'Olle Jonsson']
  spec.files = Dir['lib/**/*']
end
END
mkdir -p /opt/gems/gems
gem build --output /opt/gems/gems/rainbow-3.1.1.gem rainbow.gemspec
gem generate_index --directory /opt/gems
rm -r "$made"
