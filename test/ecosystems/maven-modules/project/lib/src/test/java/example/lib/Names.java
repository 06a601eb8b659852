package example.lib;

/** Names that the tests of other modules use. */
public final class Names {
  public static final String SOMEBODY = "you";

  private Names() {}
}
