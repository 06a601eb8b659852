Gem::Specification.new do |spec|
  spec.name = 'clock'
  spec.version = '0.1.0'
  spec.summary = 'Knows the year'
  spec.authors = ['Example']
  spec.files = ['lib/clock.rb']
end
