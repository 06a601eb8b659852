require 'clock'
require 'rainbow'
require_relative 'greeter/version'

# Says hello.
module Greeter
  def self.greet(name)
    Rainbow("Hello #{name}, in #{Clock.year}").green
  end
end
