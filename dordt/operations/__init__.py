"""For whoever runs the platform: is it healthy, and is this installation fit for production?"""
