package example.lib;

import com.google.gson.Gson;

/** A greeting in JSON. */
public final class Greeting {
  private Greeting() {}

  public static String of(String name) {
    return new Gson().toJson(new String[] {"Hello", name});
  }
}
