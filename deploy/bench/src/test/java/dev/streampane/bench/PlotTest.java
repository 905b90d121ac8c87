// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class PlotTest {

    @Test
    void shouldDrawABarToTheMedianAndALineOverMinimumAndMaximum() throws Exception {
        // Given
        var bars = new TreeMap<>(Map.of("a", new Spread(50, 40, 80), "b < c & d", new Spread(100, 100, 100)));
        // When
        Document svg = parsed(new Plot().group("records/s", bars).svg());
        // Then
        Element bar = ofStyle(svg, "rect", "bar").get(0);
        Element range = ofStyle(svg, "line", "range").get(0);
        double full = number(ofStyle(svg, "rect", "bar").get(1), "width");
        assertThat(number(bar, "width")).isEqualTo(full / 2);
        assertThat(number(range, "x1")).isEqualTo(number(bar, "x") + full * 0.4);
        assertThat(number(range, "x2")).isEqualTo(number(bar, "x") + full * 0.8);
        assertThat(ofStyle(svg, "text", "label"))
                .extracting(Element::getTextContent)
                .containsExactly("a", "b < c & d");
        assertThat(ofStyle(svg, "text", "value"))
                .extracting(Element::getTextContent)
                .containsExactly("50.0", "100");
    }

    @Test
    void shouldGiveEachGroupAnAxisOfItsOwnFromZero() throws Exception {
        // Given
        var plot = new Plot()
                .group("large", Map.of("a", new Spread(1_000_000, 1_000_000, 1_000_000)))
                .group("small", Map.of("a", new Spread(0.4, 0.4, 0.4)));
        // When
        Document svg = parsed(plot.svg());
        // Then
        assertThat(ofStyle(svg, "text", "tick"))
                .extracting(Element::getTextContent)
                .containsExactly(
                        "0",
                        "200,000",
                        "400,000",
                        "600,000",
                        "800,000",
                        "1,000,000",
                        "0",
                        "0.10",
                        "0.20",
                        "0.30",
                        "0.40");
    }

    @Test
    void shouldHaveColoursForLightAndDark() {
        assertThat(new Plot().svg()).contains("--back: #ffffff", "prefers-color-scheme: dark", "--back: #0d1117");
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Element> ofStyle(Document svg, String name, String style) {
        var nodes = svg.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(n -> (Element) nodes.item(n))
                .filter(element -> element.getAttribute("class").equals(style))
                .toList();
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }
}
