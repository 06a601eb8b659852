package example;

import com.google.gson.Gson;

/** Says hello in JSON. */
public final class Greeter {
  private Greeter() {}

  static String greeting(String name) {
    return new Gson().toJson(new String[] {"Hello", name});
  }

  public static void main(String[] names) {
    System.out.println(greeting(names.length > 0 ? names[0] : "world"));
  }
}
