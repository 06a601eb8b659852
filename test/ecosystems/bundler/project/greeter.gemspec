require_relative 'lib/greeter/version'

Gem::Specification.new do |spec|
  spec.name = 'greeter'
  spec.version = Greeter::VERSION
  spec.summary = 'Says hello'
  spec.authors = ['Example']
  spec.files = Dir['lib/**/*.rb']
  spec.add_dependency 'rainbow', '~> 3.1'
end
