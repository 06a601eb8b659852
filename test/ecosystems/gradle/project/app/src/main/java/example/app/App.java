package example.app;

import com.google.gson.Gson;
import example.lib.Greeting;

public final class App {
  private App() {}

  public static void main(String[] names) {
    System.out.println(new Gson().toJson(Greeting.of(names.length > 0 ? names[0] : "world")));
  }
}
