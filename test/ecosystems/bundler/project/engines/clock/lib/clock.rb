# Knows the year.
module Clock
  def self.year
    Time.now.year
  end
end
