// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.docs;

import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A Markdown file.
 *
 * @param path relative to the checkout
 */
record Page(Path path, String text) {

    private static final Pattern SPAN = Pattern.compile("(?<!`)`([^`\\n]+)`(?!`)");
    private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^]]*]\\(([^)\\s]+)\\)");
    private static final Pattern FENCE = Pattern.compile("^\\s*(?:`{3,4})(\\w*)\\s*$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?)\\s*$");
    private static final Set<String> SHELL = Set.of("sh", "bash", "console", "shell");
    private static final Set<String> NOT_OURS = Set.of("target", "node_modules", ".git", ".streampane");

    /**
     * Something in code style.
     *
     * @param isCommand whether it is a line that is typed; else a span in a sentence
     */
    record Code(int line, String text, boolean isCommand) {}

    /** Every page of the checkout. */
    static List<Page> all() {
        Path root = Checkout.root();
        List<Page> pages = new ArrayList<>();
        visit(file -> {
            if (file.toString().endsWith(".md")) {
                pages.add(new Page(root.relativize(file), Sources.text(file)));
            }
        });
        return pages;
    }

    /** Every file of the checkout that is nobody's output. */
    static void visit(Consumer<Path> visitor) {
        try {
            Files.walkFileTree(Checkout.root(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return NOT_OURS.contains(folder.getFileName().toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    visitor.accept(file);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is in code style: spans, and the lines of shells. What a program prints is not looked at. */
    List<Code> code() {
        List<Code> code = new ArrayList<>();
        String language = null;
        StringBuilder command = new StringBuilder();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            var fence = FENCE.matcher(line);
            if (fence.matches()) {
                language = language == null ? fence.group(1) : null;
            } else if (language == null) {
                for (MatchResult span : SPAN.matcher(line).results().toList()) {
                    code.add(new Code(number, span.group(1).replace("\\|", "|"), false));
                }
            } else if (SHELL.contains(language)
                    && (!language.equals("console") || line.startsWith("$ ") || !command.isEmpty())) {
                command.append(line.replaceFirst("^\\$ ", ""));
                if (line.endsWith("\\")) {
                    command.setLength(command.length() - 1);
                } else {
                    code.add(new Code(number, command.toString(), true));
                    command.setLength(0);
                }
            }
        }
        return code;
    }

    /** Targets of links, in the text outside of code. */
    List<Code> links() {
        List<Code> links = new ArrayList<>();
        boolean fenced = false;
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (FENCE.matcher(line).matches()) {
                fenced = !fenced;
            } else if (!fenced) {
                for (MatchResult link : LINK.matcher(SPAN.matcher(line).replaceAll("_"))
                        .results()
                        .toList()) {
                    links.add(new Code(number, link.group(1), false));
                }
            }
        }
        return links;
    }

    /** The names under which its headings can be linked, by GitHub's rule. */
    Set<String> anchors() {
        Set<String> anchors = new TreeSet<>();
        HEADING.matcher(text.replaceAll("(?s)(?m)^```.*?^```$", ""))
                .results()
                .forEach(heading -> anchors.add(heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}\\s_-]", "")
                        .replaceAll("\\s", "-")));
        return anchors;
    }
}
