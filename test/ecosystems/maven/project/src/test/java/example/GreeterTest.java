package example;

import static org.junit.Assert.assertEquals;

import org.junit.Test;

public class GreeterTest {
  @Test
  public void greets() {
    assertEquals("[\"Hello\",\"you\"]", Greeter.greeting("you"));
  }
}
