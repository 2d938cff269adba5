"""The screen as pixels: grabs, pictures, colors and text found in them. The same on every platform."""
