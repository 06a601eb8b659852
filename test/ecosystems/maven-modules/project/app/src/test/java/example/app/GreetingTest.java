package example.app;

import static org.junit.Assert.assertEquals;

import example.lib.Greeting;
import example.lib.Names;
import org.junit.Test;

public class GreetingTest {
  @Test
  public void greets() {
    assertEquals("[\"Hello\",\"you\"]", Greeting.of(Names.SOMEBODY));
  }
}
